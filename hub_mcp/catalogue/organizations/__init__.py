"""Organizations: their members, roles, access, storage and audit log."""
