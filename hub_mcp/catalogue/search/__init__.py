"""Searches across the Hub, and papers."""
