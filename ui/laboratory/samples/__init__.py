"""Who pushed what: each sample's own gradient, the update that their mean makes, and what it does to the loss."""
