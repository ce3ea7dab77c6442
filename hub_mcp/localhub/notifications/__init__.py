"""Notifications about discussions, and what users watch."""
