"""repair-links: dead links and the files that may be meant by them."""
