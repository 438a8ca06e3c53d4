"""Reports to media servers of what was changed in the library, and what their users have seen."""
