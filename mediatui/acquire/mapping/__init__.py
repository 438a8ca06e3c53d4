"""What a release is for: the films and series it may be of, with points and reasons. Pure, but for ``find``."""
