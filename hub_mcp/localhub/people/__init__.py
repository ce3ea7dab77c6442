"""Users and organizations, and what a caller may read and change."""
