"""What is answered before the SDK is there, from prepared files."""
