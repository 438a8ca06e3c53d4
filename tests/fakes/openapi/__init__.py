"""What the descriptions of the services' APIs say of requests, as tables, and one check against them."""
