"""The shapes of what real services were seen to answer, as tables, and how a fake is held to them."""
