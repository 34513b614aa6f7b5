"""What the page of checks says: numbers with all their digits, verdicts, and kinks by name."""

from __future__ import annotations

import math

from playground.laboratory.checking import EPSILONS, ArrayCheck, Kink, ParameterCheck, WeightCheck
from playground.laboratory.specimen import Specimen
from ui.cell_ref import CellRef
from ui.number_format import MINUS, display_index, display_name, grouped, scientific

__all__ = ["array_verdict", "digits", "kink_words", "overall", "source_words", "weight_verdict"]


def digits(value: float) -> str:
    """A number with as many digits as the difference of two losses needs."""
    return f"{value:.12f}".replace("-", MINUS) if 1e-3 <= abs(value) < 1e4 else scientific(value, 10)


def power(value: float) -> str:
    """'3.1e−10'."""
    return scientific(value, 2)


def kink_words(kinks: tuple[Kink, ...]) -> str:
    """Which decisions flip: '3 ReLUs and 1 pooling window flip within ±ε, the first at z₁[0,2][5,5]'."""
    counts = []
    for kink in kinks:
        what = "ReLU" if kink.array.startswith("z") else "pooling window"
        counts.append(f"{grouped(kink.count)} {what}{'s' if kink.count > 1 else ''}")
    one = len(kinks) == 1 and kinks[0].count == 1
    place = f"{display_name(kinks[0].array)}{display_index(kinks[0].index)}"
    return f"{' and '.join(counts)} {'flips' if one else 'flip'} within ±ε, {'at' if one else 'the first at'} {place}"


def source_words(specimen: Specimen) -> str:
    """'step 120 · next batch, m = 16 · float64'."""
    source = specimen.images.source
    images = f"next batch, m = {specimen.m}" if source is None else f"{source.words} alone, m = 1"
    flaw = f" · BUG: {specimen.substitute.name}" if specimen.substitute is not None else ""
    return f"step {grouped(specimen.step)} · {images} · float64{flaw}"


def weight_verdict(found: WeightCheck) -> tuple[str, bool | None]:
    """One sentence on a weight, and whether it is good."""
    quotient = found.quotient
    if quotient.kinks:
        return f"Kink: {kink_words(quotient.kinks)}. {_way_round(found)}", None
    if not quotient.is_smooth:
        return "The loss is not finite within ±ε, or ε is too small for this weight in float64.", None
    if found.passed:
        return "✓ They agree to 1e−6.", True
    return "✗ They differ by more than 1e−6: backpropagation is wrong here.", False


def _way_round(found: WeightCheck) -> str:
    """What to do about a kink: a smaller ε, if one is small enough."""
    smooth = [
        epsilon
        for epsilon in EPSILONS
        for point in found.sweep
        if epsilon < found.epsilon and math.isclose(point.epsilon, epsilon) and not point.kinks
    ]
    if smooth:
        return f"With ε = {scientific(max(smooth), 1)} none does."
    itself = (
        "A bias of 0 stands on the kink itself"
        if found.name[0] == "b" and not found.value
        else "No ε listed is small enough"
    )
    return f"{itself}: take a step (→)."


def array_verdict(check: ArrayCheck) -> tuple[str, bool | None]:
    """'✓ worst 3e−10' and how many cells were left out, and whether it is good."""
    left_out = f"\n{grouped(check.skipped)} at a kink" if check.skipped else ""
    if not check.cells:
        return f"not compared{left_out}", None
    sign = "✓" if check.passed else "✗"
    return f"{sign} worst {scientific(check.max_relative_error, 1)}{left_out}", check.passed


def overall(found: ParameterCheck) -> tuple[str, bool | None]:
    """One sentence on all parameters."""
    cells = sum(check.cells for check in found.arrays)
    kinked = sum(check.skipped for check in found.arrays)
    wrong = [display_name(check.name) for check in found.arrays if not check.passed]
    worst = found.worst
    stuck = [check for check in found.arrays if not check.cells and check.skipped]
    beside = kinked - sum(check.skipped for check in stuck)
    left_out = f"; {grouped(beside)} beside a kink, hatched, left out" if beside else ""
    if stuck:
        names = ", ".join(display_name(check.name) for check in stuck)
        left_out += f"; all of {names} on a kink, not compared: take a step (→)"
    if wrong:
        return f"✗ {', '.join(wrong)} wrong, worst error {power(worst.max_relative_error)}{left_out}", False
    if not cells:
        return f"No cell could be compared{left_out}", None
    place = CellRef(worst.name, worst.worst or ())
    return (
        f"✓ {grouped(cells)} cells agree to 1e−6, worst error {power(worst.max_relative_error)} at {place}{left_out}",
        True,
    )
