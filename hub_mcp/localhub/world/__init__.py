"""The believable world that a new local Hub is filled with."""
