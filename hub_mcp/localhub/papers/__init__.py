"""Papers, daily papers, and the repositories that cite them."""
