"""Changes to single links: remove one, point it elsewhere, search for another release."""
