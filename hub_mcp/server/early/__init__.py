"""Answers from prepared files, given before the SDK is imported."""
