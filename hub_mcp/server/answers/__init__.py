"""Answers on their way to a client: gathered, rendered, in the form and the revision it takes."""
