"""Spaces that run: state, hardware, settings, volumes, logs."""
