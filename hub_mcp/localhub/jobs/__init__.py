"""Jobs: their specs, the states they pass through and the logs they would write; nothing is ever run."""
