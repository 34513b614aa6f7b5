"""Networks that were trained before, and whether that helps with a new task and few images."""
