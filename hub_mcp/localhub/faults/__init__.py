"""Faults on purpose, for whoever tests an assistant."""
