"""The transports between a call and the network, one within the other."""
