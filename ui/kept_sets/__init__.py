"""The user's own data sets between starts of the program: the list of them, read and written beside the window."""
