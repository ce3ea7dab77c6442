"""Jobs and scheduled jobs; hardware, logs and live events, which Spaces share."""
