"""The filter text: a syntax tree, and from that a condition for SQL and one for rows in memory."""
