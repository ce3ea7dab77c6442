"""The fields of a call: what they may hold, how hosts send them, and how they are announced."""
