"""The tools that keep a library tidy; each reports findings, and some propose a plan."""
