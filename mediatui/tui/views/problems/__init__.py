"""Tab 2: what is wrong with the account."""
