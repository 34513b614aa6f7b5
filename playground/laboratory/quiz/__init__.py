"""Practice: questions about the numbers of a run, answered by `core.explain`, so that no rule is written twice."""
