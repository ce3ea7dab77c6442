"""Operations of the Hub that no area imitates: 501 and why, or an answer of the documented shape."""
