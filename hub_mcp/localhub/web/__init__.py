"""What every request and answer of the Hub has in common."""
