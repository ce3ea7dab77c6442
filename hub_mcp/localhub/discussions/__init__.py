"""Discussions and pull requests of a repository."""
