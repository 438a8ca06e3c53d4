"""What can be done with one link: remove it, point it elsewhere, search for another release."""
