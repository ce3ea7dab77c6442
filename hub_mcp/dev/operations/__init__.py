"""What is generated from the Hub's OpenAPI document: the table of operations, outlines, new classes."""
