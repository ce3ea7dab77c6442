"""All of the Hub's operations as a table: names, arguments, risks and words, for three tools."""
