"""What is to be reported to media servers, and what is known of their items."""
