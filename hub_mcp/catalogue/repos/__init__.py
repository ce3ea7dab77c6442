"""Repositories: models, datasets and Spaces, listed, looked at, made, changed and deleted."""
