"""For developers of this project only: what writes derived files, and what begins new ones."""
