"""What the window lets a reader take home: derivations, scripts, the working of one cell."""
