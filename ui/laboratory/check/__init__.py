"""The page on which gradients are checked against difference quotients."""
