"""What can be read by its address: pages, streams, subscriptions, completions."""
