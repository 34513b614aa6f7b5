"""The order in which the gradient travels, and what lies downstream of an array on its way."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["downstream"]


def downstream(names: Iterable[str], backward_names: tuple[str, ...]) -> frozenset[str]:
    """The derivatives that are made from those of `names`, directly or not, and `names` themselves.

    backward_names: of a trace. The gradients of the parameters are side roads: nothing is made from them, nor from the
    one of the output activation, since ∂L/∂z of the output comes from the logits.
    """
    wanted = set(names)
    ends = {backward_names[0]} | {name for name in backward_names if name[1] in "wb"}
    first = next((place for place, name in enumerate(backward_names) if name in wanted - ends), len(backward_names))
    return frozenset(wanted | set(backward_names[first + 1 :]))
