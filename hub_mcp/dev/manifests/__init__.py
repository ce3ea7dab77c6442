"""All of `manifests/`: written from pyproject.toml and the catalogue, and checked."""
