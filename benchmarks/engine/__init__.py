"""How fast the engine trains and classifies, side by side with PyTorch in one process."""
