"""Serving the catalogue over the Model Context Protocol."""
