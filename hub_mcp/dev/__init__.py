"""Tools for developers of this project: they write derived files and scaffold new ones."""
