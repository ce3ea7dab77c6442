"""All of the Hub's operations as a table: names, arguments, risks and search words, for three tools."""
