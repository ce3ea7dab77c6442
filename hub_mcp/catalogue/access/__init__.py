"""Access requests of gated repositories: who asks, and what becomes of it."""
