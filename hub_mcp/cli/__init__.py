"""The command line: `main` reads it, each command is a file."""
