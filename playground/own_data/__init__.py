"""Data sets of the user's own: opened, drawn, fixed, split, exported and kept between starts."""
