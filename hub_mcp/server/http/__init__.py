"""Streamable HTTP for a team."""
