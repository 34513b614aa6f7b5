"""Sessions in files: all that a run is, so that it goes on from there bit for bit."""
