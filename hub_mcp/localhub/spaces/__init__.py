"""What only Spaces have: fields at creation, and a runtime."""
