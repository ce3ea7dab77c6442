"""Operations of the Hub that no area imitates: 501 with the reason, or an answer of the documented shape."""
