"""The page on which the backward pass is broken, and what the check makes of it."""
