"""The table of operations: what is in it, what a call of it risks, and how it is found."""
