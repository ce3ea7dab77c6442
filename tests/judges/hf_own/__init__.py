"""huggingface_hub's own tests, run unchanged against the local Hub."""
