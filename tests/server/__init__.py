"""The server, its gate, its resources."""
