"""The tags of models and datasets, by type."""
