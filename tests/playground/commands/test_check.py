"""`check` in a terminal: the table, and its exit codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core import gradient_probe
from core.arrays import Array
from core.fast_path import NumpyPart, choice
from main import main
from tests.playground.commands.hands import Captured
from tests.playground.own_data.files import some_set, write_folder


def test_check_prints_a_row_for_every_derivative(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-5x5"]) == 0
    rows = capsys.readouterr().out.splitlines()
    names = [row.split()[0] for row in rows[1:-2]]
    assert names == [f"∂L/∂{name}" for name in ("A2", "z2", "w2", "b2", "F", "P1", "A1", "z1", "w1", "b1")]
    assert all(row.endswith("ok") for row in rows[1:-2])


def test_check_says_how_many_cells_were_not_drawn_and_how_many_have_a_kink(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-5x5", "--cells", "2"]) == 0
    rows = capsys.readouterr().out.splitlines()
    compared, kinks, total = (sum(int(row.split()[column]) for row in rows[1:-2]) for column in (2, 3, 4))
    assert f"{compared} of {total} cells compared, {total - compared - kinks} not drawn" in rows[-2]
    assert ("kink" in rows[-2]) == (kinks > 0)


def test_check_compares_the_training_step_with_the_layers(capsys: Captured) -> None:
    assert main(["check", "--filters", "3", "4", "--kernel-size", "3", "--cells", "5"]) == 0
    found = re.search(
        r"training step \(NumPy .*\) has the gradients of these layers to (.*)\.$", capsys.readouterr().out
    )
    assert found is not None
    # in float32: not the same, and no farther than rounding
    assert 0 < float(found[1].replace("−", "-")) < 1e-5


def test_check_fails_if_training_takes_other_gradients_than_are_shown(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Biased(NumpyPart):
        def _backward_blocks(self, grads: list[tuple[Array, Array]]) -> None:
            weight, _ = grads[0]
            super()._backward_blocks(grads)
            weight[0, 0, 0, 0] *= 1.01

    monkeypatch.setattr(choice, "compiled_part", lambda: Biased)
    assert main(["check", "--cells", "5"]) == 1
    assert "OTHER gradients" in capsys.readouterr().out


def test_a_complete_check_says_nothing_of_cells_not_drawn(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-3x3"]) == 0
    assert "not drawn" not in capsys.readouterr().out


def test_check_works_for_more_blocks_and_softmax(capsys: Captured) -> None:
    assert (
        main(["check", "--filters", "2", "3", "--kernel-size", "3", "--classes", "0", "1", "2", "--cells", "20"]) == 0
    )
    assert "∂L/∂w3" in capsys.readouterr().out


def test_check_fails_with_1_if_a_derivative_is_wrong(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    true_trace: Callable[..., object] = gradient_probe.trace

    def wrong(*arguments: object) -> object:
        found = true_trace(*arguments)
        found.arrays["dw1"].flags.writeable = True  # type: ignore[attr-defined]
        found.arrays["dw1"][...] *= 1.01  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(gradient_probe, "trace", wrong)
    assert main(["check", "--dataset", "blackboard-3x3"]) == 1
    captured = capsys.readouterr().out
    assert "1 of 10 derivatives do not agree: dw1" in captured
    assert captured.count("WRONG") == 1


def test_check_takes_coloured_own_data(capsys: Captured, tmp_path: Path) -> None:
    write_folder(tmp_path / "set", some_set(channels=3))
    assert main(["check", "--dataset", str(tmp_path / "set"), "--cells", "20"]) == 0
    assert "∂L/∂w1" in capsys.readouterr().out
