"""What git stores: blobs, trees, commits, and the refs that point to them."""
