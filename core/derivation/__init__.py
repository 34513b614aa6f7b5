"""The rules behind `core.explain`: what each cell is made of, and which cells read it."""
