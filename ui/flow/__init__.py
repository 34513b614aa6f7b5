"""The forward and backward pass of the chosen sample, cell by cell, in one painted widget."""
