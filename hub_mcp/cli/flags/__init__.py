"""Settings as flags and variables give them: one table, read with click and without it, and checked."""
