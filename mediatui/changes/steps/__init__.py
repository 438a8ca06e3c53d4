"""One file a family of steps: what a step holds, what does it, and what takes it back."""
