"""Real-Debrid over httpx."""
