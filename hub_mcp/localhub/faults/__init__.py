"""Deliberate faults, for testing assistants."""
