"""The fields of a call: their types and rules, how hosts send them, and their JSON schema."""
