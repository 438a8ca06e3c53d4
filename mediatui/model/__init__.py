"""Plain records and pure rules on them; imports nothing else of mediatui."""
