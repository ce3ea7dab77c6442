"""Jobs: what they ask for, the states they pass through, what they would write; nothing is ever run."""
