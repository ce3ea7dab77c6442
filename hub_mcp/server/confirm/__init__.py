"""Asking a person: by a client's form, by a plan and its token, or in a terminal."""
