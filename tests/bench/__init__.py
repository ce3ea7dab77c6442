"""Benchmarks, which print what they measured; nothing here is a timed test."""
