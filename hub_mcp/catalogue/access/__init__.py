"""Access requests for gated repositories, and the decisions about them."""
