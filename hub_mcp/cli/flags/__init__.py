"""Settings from flags and variables: one table, read with or without click, and checked."""
