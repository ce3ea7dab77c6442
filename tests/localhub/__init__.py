"""The local Hub, judged through HTTP."""
