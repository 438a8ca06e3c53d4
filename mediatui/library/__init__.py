"""The link library: walking it, judging its links, mending them."""
