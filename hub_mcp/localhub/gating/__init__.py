"""Gated repositories: requests for access, and the decisions about them."""
