"""Practice: questions on the numbers of a moment, with what is needed to answer them, and as a sheet to print."""
