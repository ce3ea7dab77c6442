"""Webhooks: what each watches, and what it sends, only to loopback addresses, when something changes."""
