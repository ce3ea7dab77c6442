"""Jobs and scheduled jobs; the hardware that they and Spaces run on, and what both tell while they run."""
