"""What a reader takes home of a moment of a run: its derivation as a document, one cell's working, a NumPy script."""
