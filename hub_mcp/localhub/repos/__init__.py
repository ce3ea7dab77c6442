"""Repositories of every type: finding, listing, reading, creating and changing them."""
