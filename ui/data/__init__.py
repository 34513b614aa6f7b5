"""Choose data, classes and the sample that is shown."""
