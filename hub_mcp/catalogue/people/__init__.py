"""Users, and what is theirs: profile, likes, followers, notifications."""
