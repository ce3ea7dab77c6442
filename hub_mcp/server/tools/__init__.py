"""Endpoints as tools: which are offered, how each is listed, how arguments become a call."""
