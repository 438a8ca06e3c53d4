"""What a command answered, line by line."""
