"""What only Spaces have: what is asked for at their creation, and how they run."""
