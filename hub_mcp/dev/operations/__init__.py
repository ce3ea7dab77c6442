"""What is made of the Hub's OpenAPI document: the table of operations, outlines, classes to begin with."""
