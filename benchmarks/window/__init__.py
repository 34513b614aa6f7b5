"""What the window costs training, how soon it answers, and what it remembers: `python -m benchmarks.window`."""
