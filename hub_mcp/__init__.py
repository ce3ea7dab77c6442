"""hub_mcp: the Model Context Protocol server for the Hugging Face Hub."""

__version__ = "1.0.0"
