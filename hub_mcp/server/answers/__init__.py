"""Answers for a client: gathered, rendered, and in the form and protocol revision it accepts."""
