"""The blackboard examples as the lecture writes them: every line in its own index notation, with its numbers."""
