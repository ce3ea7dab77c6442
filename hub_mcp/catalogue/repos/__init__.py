"""Repositories: listing, reading, creating, changing and deleting models, datasets and Spaces."""
