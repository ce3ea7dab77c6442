"""The nested transports between a call and the network."""
