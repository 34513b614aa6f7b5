"""Who pushed what: each sample's share of the gradient, the update by their sum, and what that does to the loss."""
