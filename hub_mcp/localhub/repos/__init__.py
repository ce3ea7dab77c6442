"""Repositories of every type: found, listed, shown, made and changed."""
