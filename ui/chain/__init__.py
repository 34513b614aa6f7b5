"""The chain rule panel: the factors of a derivative, one at a time."""
