"""What is in a repository: files, commits, branches and tags."""
