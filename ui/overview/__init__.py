"""The overview: every derivative and parameter in one row each, with its size, zeros and spread."""
