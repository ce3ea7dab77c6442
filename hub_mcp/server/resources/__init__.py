"""Resources read by address: pages, streams, subscriptions, completions."""
