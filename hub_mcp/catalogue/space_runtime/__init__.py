"""Running Spaces: state, hardware, settings, volumes, logs."""
