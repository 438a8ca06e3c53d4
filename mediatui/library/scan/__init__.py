"""The scan of the link library: walks, judges, matches and stores links. It changes nothing in the library."""
