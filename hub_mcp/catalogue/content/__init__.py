"""The content of repositories: files, commits, branches and tags."""
