"""What stands on the cards of the chain: typed as it is written, it gives the number beside it."""

from __future__ import annotations

import numpy as np
import pytest

from core.chain import chain
from core.losses import BinaryCrossEntropy
from core.network import build_network
from core.trace import trace
from playground.notation.factors import value_text


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("place", [0, 1])
def test_a_factor_typed_as_it_is_written_gives_its_value(label: int, place: int) -> None:
    network = build_network((1, 8, 8), 3, (2,), 1, seed=4, dtype=np.float64)
    x = np.random.default_rng(2).random((1, 1, 8, 8))
    passed = trace(network, BinaryCrossEntropy(), x, np.array([label]))
    factor = chain(passed, "w1")[place]
    typed = value_text(factor).replace("−", "-").replace("A₂", "A").replace("A(", "A*(")
    value = eval(typed, {"A": float(passed.A2[0, 0]), "y": label})
    assert value == pytest.approx(factor.values.item())
