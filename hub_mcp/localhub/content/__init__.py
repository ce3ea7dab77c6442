"""The content of a repository: files and trees."""
