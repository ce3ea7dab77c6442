"""Endpoints as tools: which are offered, how each is announced, how arguments become a call."""
