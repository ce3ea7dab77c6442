"""Whether a change may be made: the question to a person, what they answered, and the record of it."""
