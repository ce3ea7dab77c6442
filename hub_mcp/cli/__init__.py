"""The command line: `main` parses it, each command is in its own file."""
