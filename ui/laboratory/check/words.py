"""What the page of checks says: numbers with all their digits, verdicts, and kinks by name."""

from __future__ import annotations

import math

from playground.laboratory.checking import EPSILONS, ArrayCheck, Kink, ParameterCheck, WeightCheck
from playground.laboratory.specimen import Specimen
from ui.flow.text import CellRef
from ui.number_format import display_index, display_name, grouped

__all__ = ["array_verdict", "digits", "kink_words", "overall", "source_words", "weight_verdict"]


def digits(value: float) -> str:
    """A number with as many digits as the difference of two losses needs."""
    text = f"{value:.12f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.9e}"
    return text.replace("-", "−")


def power(value: float) -> str:
    """'3.1e−10'."""
    return f"{value:.1e}".replace("-", "−")


def kink_words(kinks: tuple[Kink, ...]) -> str:
    """Which decisions flip within ±ε: '3 ReLUs open or close, the first at z₁[0, 2, 5, 5]; 1 pooling window …'."""
    parts = []
    for kink in kinks:
        place = f"{display_name(kink.array)}{display_index(kink.index)}"
        if kink.array.startswith("z"):
            what = "1 ReLU opens or closes" if kink.count == 1 else f"{grouped(kink.count)} ReLUs open or close"
        else:
            what = (
                "1 pooling window changes its maximum"
                if kink.count == 1
                else f"{grouped(kink.count)} pooling windows change their maximum"
            )
        parts.append(f"{what}, the first at {place}" if kink.count > 1 else f"{what}, at {place}")
    return "; ".join(parts)


def source_words(specimen: Specimen) -> str:
    """'step 120 · next batch, m = 16 · float64'."""
    source = specimen.images.source
    images = f"next batch, m = {specimen.m}" if source is None else f"{source.split} {source.index} alone, m = 1"
    flaw = f" · BUG: {specimen.substitute.name}" if specimen.substitute is not None else ""
    return f"step {grouped(specimen.step)} · {images} · float64{flaw}"


def weight_verdict(found: WeightCheck) -> tuple[str, bool | None]:
    """One sentence on a weight, and whether it is good."""
    quotient = found.quotient
    if quotient.kinks:
        return f"Kink: within ±ε {kink_words(quotient.kinks)}. {_way_round(found)}", None
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
        return f"With ε = {max(smooth):.0e} none does.".replace("e-0", "e−")
    return "No ε is small enough: it stands on the kink itself, as a bias of 0 does at first. Take a step (→)."


def array_verdict(check: ArrayCheck) -> tuple[str, bool | None]:
    """'✓ worst 3e−10' and how many cells were left out, and whether it is good."""
    left_out = f"\n{grouped(check.skipped)} at a kink" if check.skipped else ""
    if not check.cells:
        return f"not compared{left_out}", None
    sign = "✓" if check.passed else "✗"
    return f"{sign} worst {check.max_relative_error:.0e}{left_out}".replace("-", "−"), check.passed


def overall(found: ParameterCheck) -> tuple[str, bool | None]:
    """One sentence on all parameters."""
    cells = sum(check.cells for check in found.arrays)
    kinked = sum(check.skipped for check in found.arrays)
    wrong = [display_name(check.name) for check in found.arrays if not check.passed]
    worst = found.worst
    left_out = f"; {grouped(kinked)} beside a kink, hatched, left out" if kinked else ""
    stuck = [display_name(check.name) for check in found.arrays if not check.cells and check.skipped]
    if stuck:
        left_out += f": {', '.join(stuck)} altogether, so take a step (→) and check again"
    if wrong:
        return f"✗ {', '.join(wrong)} wrong, worst error {power(worst.max_relative_error)}{left_out}", False
    if not cells:
        return f"No cell could be compared{left_out}", None
    place = CellRef(worst.name, worst.worst or ())
    return (
        f"✓ {grouped(cells)} cells agree to 1e−6, worst error {power(worst.max_relative_error)} at {place}{left_out}",
        True,
    )
