"""Benchmarks: what each prints it measured; nothing in here is a timed test."""
