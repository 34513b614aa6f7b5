"""What is written at an array that a bug of the laboratory computes wrongly: what the running code does."""

from __future__ import annotations

from playground.laboratory.bugs import bug_of
from ui.number_format import display_name

__all__ = ["bug_formulas"]


def bug_formulas(name: str, backward_names: tuple[str, ...], bug: str) -> tuple[str, ...]:
    """The formula of an array with the bug of a name, longest first; () if that array is made rightly.

    Of one sample: without its 1/m a derivative is the same, so of that bug nothing is said.
    """
    if not bug or name not in bug_of(bug).guilty(backward_names):
        return ()
    own = int(name[2:])
    z, A, P, following = (display_name(f"d{part}") for part in (f"z{own}", f"A{own}", f"P{own}", f"z{own + 1}"))
    before = display_name(f"P{own - 1}") if own > 1 else "X"
    return {
        "no-mask": (f"{A} (bug: no mask)", f"{A} (bug)"),
        "every-tie": (f"{P} to every tie (bug)", f"{P} → ties (bug)"),
        "wrong-cell": (f"{P} to wrong cells (bug)", f"{P} (bug)"),
        "overwritten": (f"last term of conv({before}, {z}) (bug)", "last term (bug)"),
        "not-turned": (f"full conv({following}, {display_name(f'w{own + 1}')} not turned) (bug)", "not turned (bug)"),
        "mean-bias": (f"mean of {z} (bug)",),
    }.get(bug_of(bug).id, ())
