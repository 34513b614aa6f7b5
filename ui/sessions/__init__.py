"""Sessions in the window: saving and opening them, what is kept by itself, and what is offered after a crash."""
