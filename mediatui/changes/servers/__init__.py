"""What changes mean to media servers: what is to be reported, and what their users had seen."""
