"""Opening and exporting data sets of the user's own: looked at before they are accepted, read beside the window."""
