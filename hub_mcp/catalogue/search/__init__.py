"""What is searched across the Hub, and papers."""
