"""`hub-mcp install` and `uninstall`: our entry in the configuration of each known assistant."""
