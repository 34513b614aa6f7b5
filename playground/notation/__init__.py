"""How arrays, cells, rules and numbers are written: the same on the screen, in messages and in files."""
