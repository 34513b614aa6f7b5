"""What rounding decides: windows with nearly equal cells, and values next to zero, as the playground had them."""

from __future__ import annotations

import numpy as np

from core.trace import Trace

__all__ = ["NEARLY", "Settled", "settled"]

NEARLY = 1e-5
"""As in `pool` of the script: what differs by less, in parts of itself, may be told apart by rounding alone."""

Settled = dict[str, tuple[tuple[list[int], ...], list[int]]]


def settled(trace: Trace, sample: int = 0) -> Settled:
    """For one image: the cells of `winner1`, `open1` … that need not come out the same elsewhere, and their values."""
    found: Settled = {}
    for block in range(1, trace.blocks + 1):
        a, z = trace.arrays[f"A{block}"][sample], trace.arrays[f"z{block}"][sample]
        c, rows, cols = trace.arrays[f"P{block}"].shape[1:]
        windows = a[:, : 2 * rows, : 2 * cols].reshape(c, rows, 2, cols, 2).transpose(0, 1, 3, 2, 4)
        windows = windows.reshape(c, rows, cols, 4)
        nearly = (windows >= windows.max(axis=-1, keepdims=True) * (1 - NEARLY)).argmax(axis=-1)
        won = windows.argmax(axis=-1)
        for name, decided, doubtful in (
            ("winner", won, nearly != won),
            ("open", (z > 0).astype(int), (z != 0) & (np.abs(z) < NEARLY * np.abs(z).max())),
        ):
            places = np.nonzero(doubtful)
            if len(places[0]):
                found[f"{name}{block}"] = tuple(axis.tolist() for axis in places), decided[places].tolist()
    return found
