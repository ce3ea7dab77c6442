"""Notifications of discussions, and what their readers watch."""
