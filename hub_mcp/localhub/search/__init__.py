"""Searches over the whole Hub: by names, by what trends, by what Spaces do, and in the documentation."""
