"""The tools that keep a library tidy; each makes findings, and some a plan."""
