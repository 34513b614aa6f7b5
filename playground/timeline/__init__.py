"""The moments of a run that are kept, its branches, and looking back."""
