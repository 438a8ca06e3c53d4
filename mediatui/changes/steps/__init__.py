"""Steps, one file a family: what a step holds, what does it, and what undoes it. To add a kind of step is to add a
file here that has ``STEPS`` (see ``registry``)."""
