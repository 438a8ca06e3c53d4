"""The scan of the link library: walk, judge, match, remember. It changes nothing."""
