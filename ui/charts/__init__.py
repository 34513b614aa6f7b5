"""Live curves: loss, accuracy and gradient norms."""
