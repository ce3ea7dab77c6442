"""What git keeps: blobs, trees, commits, and the names that lead to them."""
