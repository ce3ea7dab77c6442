"""Searches across the Hub: by name, by trend, for Spaces by purpose, and in the documentation."""
