"""The laboratory: check the backward pass, break it, look at samples, practise."""
