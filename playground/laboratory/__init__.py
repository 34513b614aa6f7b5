"""Experiments on the derivation: the engine stays as it is, the laboratory looks at it, or breaks it, from outside."""
