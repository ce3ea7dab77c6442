"""Webhooks: what watches what, and what is sent, to loopback addresses only, when something changes."""
