"""The job that reports changes of the library to media servers, and reads back what came of it."""
