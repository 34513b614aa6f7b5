"""The bar beneath the views: the moments of a run, its branches, and the moment that is shown."""
