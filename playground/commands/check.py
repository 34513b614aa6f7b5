"""`check`: every derivative of the network against central differences, and the training step against the layers."""

from __future__ import annotations

import argparse
import sys

import numpy as np

from core.gradient_check import TOLERANCE, GradientCheck, check_gradients
from core.network import Network
from core.training import step_difference
from playground.arithmetic import arithmetic
from playground.commands.options import add_settings_options, in_range, run_from
from playground.counting import grouped
from playground.datasets import load_dataset
from playground.notation.numbers import chosen_number, scientific
from playground.own_data.source import ReadPicture
from playground.prediction import make_loss, make_network
from playground.ranges import Range
from playground.settings import Settings

__all__ = ["add_options", "run"]

_SAMPLES = 2
_CELLS = Range(1, 1_000_000)
_NOISE = 0.05
# of the largest gradient: what float32 rounds away in sums of some thousand terms
_STEP_TOLERANCE = 1e-4


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `check`."""
    add_settings_options(parser)
    parser.add_argument(
        "--cells",
        type=in_range("cells", _CELLS),
        default=200,
        metavar="N",
        help="compare at most this many cells of each array, half the largest, half drawn (default: %(default)s)",
    )


def run(options: argparse.Namespace, read_picture: ReadPicture) -> int:
    """Print the table; 0 if every derivative and the training step agree, else 1. The network is that of step 1."""
    settings, own = run_from(options, read_picture)
    data = load_dataset(settings, own)
    rng = np.random.default_rng(settings.seed)
    network = _off_the_kinks(settings, rng)
    x = data.x_train[:_SAMPLES] + rng.uniform(0, _NOISE, data.x_train[:_SAMPLES].shape)
    y = data.y_train[:_SAMPLES]
    loss = make_loss(settings)
    checks = check_gradients(network, loss, x, y, cells=options.cells, seed=settings.seed)
    rows = [_HEADING, *(_row(check) for check in checks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
    failed = [check.name for check in checks if not _agrees(check)]
    if failed:
        sys.stdout.write(f"{len(failed)} of {len(checks)} derivatives do not agree: {', '.join(failed)}\n")
        return 1
    sys.stdout.write(
        f"{len(checks)} derivatives agree with central differences to {chosen_number(TOLERANCE)}: "
        f"{_coverage(checks)}.\n"
    )
    return _check_step(step_difference(network, loss, x, y))


def _check_step(difference: float) -> int:
    """Say how far a training step is from the layers; 0 if no farther than rounding takes it, else 1."""
    if difference <= _STEP_TOLERANCE:
        sys.stdout.write(
            f"The training step ({arithmetic()}) has the gradients of these layers to {scientific(difference, 1)}.\n"
        )
        return 0
    sys.stdout.write(
        f"The training step ({arithmetic()}) has OTHER gradients than these layers, by {scientific(difference, 1)}.\n"
    )
    return 1


_HEADING = ("derivative", "shape", "compared", "at a kink", "cells", "largest relative error", "result")


def _row(check: GradientCheck) -> tuple[str, ...]:
    result = "ok" if _agrees(check) else "nothing compared" if check.cells == 0 else "WRONG"
    shape = "×".join(map(str, check.shape)) or "scalar"
    counts = map(grouped, (check.cells, check.skipped, check.total))
    return (f"∂L/∂{check.name[1:]}", shape, *counts, scientific(check.max_relative_error, 2), result)


def _coverage(checks: tuple[GradientCheck, ...]) -> str:
    """How many cells were compared, and where the others went: not drawn, or left out."""
    compared, skipped, total = (
        sum(getattr(check, count) for check in checks) for count in ("cells", "skipped", "total")
    )
    parts = [f"{grouped(compared)} of {grouped(total)} cells compared"]
    if compared + skipped < total:
        parts.append(f"{grouped(total - compared - skipped)} not drawn (--cells says how many of each array are)")
    if skipped:
        parts.append(f"{grouped(skipped)} left out because the loss has a kink there")
    return ", ".join(parts)


def _agrees(check: GradientCheck) -> bool:
    return check.passed and check.cells > 0


def _off_the_kinks(settings: Settings, rng: np.random.Generator) -> Network:
    """The network of the settings with small random biases.

    Zero biases put z1 of every empty patch exactly on the kink of the ReLU, where no derivative can be compared.
    """
    network = make_network(settings)
    for name, live in network.parameters().items():
        if name.endswith(".bias"):
            live[...] += rng.uniform(-_NOISE, _NOISE, live.shape)
    return network
