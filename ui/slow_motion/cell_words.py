"""What the stepper says of one cell: which it is, its rule, its sum, and what it means for the whole batch."""

from __future__ import annotations

from dataclasses import dataclass

from core.explain import explain
from playground.batch_step import BatchStep
from playground.notation.rules import is_parameter
from playground.notation.updates import is_frozen, update_rule
from playground.snapshot import Snapshot
from ui.cell_ref import CellRef
from ui.explain.sentence import Fits, Piece, formula_line, sum_line
from ui.number_format import display_name, term_number
from ui.slow_motion.updates import update_words

__all__ = ["CellWords", "cell_words"]


@dataclass(frozen=True)
class CellWords:
    """The lines about one cell, from the rule to the remark; each as long as its room allows."""

    rule: tuple[Piece, ...]
    numbers: tuple[Piece, ...]
    remark: tuple[Piece, ...]


def cell_words(
    snapshot: Snapshot, step: BatchStep, ref: CellRef, *, updating: bool, decimals: int, fits: Fits, fits_sum: Fits
) -> CellWords:
    """The explanation of a cell by the snapshot's trace; while updating, its update by the step.

    fits, fits_sum: whether a text fits the line of the rule, and the lines of the sum.
    """
    trace = snapshot.trace
    if updating:
        written = update_rule(step.rule, display_name(ref.name), display_name(f"d{ref.name}"))
        rule = ": frozen, no update" if is_frozen(step, ref.name) else f" ← {written.split(' ← ')[1]}"
        name = formula_line(trace, explain(trace, ref.name, ref.index), fits)[0]
        numbers = "; ".join(update_words(step, ref.name, ref.index, decimals).split("\n"))
        whole = f"the gradient is that of the batch of {step.m}" if step.m > 1 else ""
        return CellWords((name, Piece(rule)), (Piece(numbers),), (Piece(whole, "muted"),))
    found = explain(trace, ref.name, ref.array_index)
    return CellWords(
        formula_line(trace, found, fits),
        sum_line(trace, found, decimals, fits_sum),
        _of_batch(snapshot, step, ref, decimals),
    )


def _of_batch(snapshot: Snapshot, step: BatchStep, ref: CellRef, decimals: int) -> tuple[Piece, ...]:
    """How the cell of the one sample and the whole batch go together."""
    if step.m == 1 and step.images.source is not None:
        return ()
    sample, m = snapshot.sample, step.m
    which = f"{sample.words} alone"
    inside = sample in step.images.refs
    if ref.name.startswith("d") and is_parameter(ref.name):
        value = float(step.gradients[ref.name[1:]][ref.index])
        mean = f"as if m = 1; the mean over the batch of {m} is "
        aside = "" if inside else f", which {sample.words} is not in"
        return Piece(f"{which}, {mean}", "muted"), Piece(term_number(value, decimals), "total"), Piece(aside, "muted")
    if not inside:
        return (Piece(f"{which}, which is not in this batch; click a sample of the batch at another grain", "muted"),)
    if ref.name.startswith("d") and m > 1:
        return (Piece(f"{which}, as if m = 1; in the batch of {m} it counts 1/{m}", "muted"),)
    return (Piece(f"sample {sample.words} of the batch of {m}", "muted"),)
