"""Whether a change may be made: the question to a person, the answer, and the record of both."""
