"""Users: profile, likes, followers, notifications."""
