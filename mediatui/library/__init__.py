"""The link library: scanning it, judging its links, repairing them."""
