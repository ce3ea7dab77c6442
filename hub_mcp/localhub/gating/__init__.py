"""Doors with a list: who asked to be let into a gated repository, and what was decided about them."""
