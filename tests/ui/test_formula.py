"""Typeset formulas: crisp, in the theme's colours, set beside the event loop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from core.chain import chain
from playground.notation.factors import derivative_latex, fraction_latex, value_latex
from tests.ui.flow.snapshots import SETTINGS, snapshot_of
from ui import formula
from ui.formula import Formula, FormulaLabel, Typesetter, formula_image, known_formula, typeset
from ui.theme import DARK, LIGHT, Theme

ROOT = Path(__file__).resolve().parents[2]


def pixels(image: QImage) -> np.ndarray:
    """(h, w, 4) blue, green, red, alpha, not multiplied by alpha."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    lines = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return lines[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).copy()


def all_formulas() -> list[str]:
    """Every formula that the chain panel can show for the networks of SETTINGS."""
    found: dict[str, None] = {}
    for name in SETTINGS:
        trace = snapshot_of(name).trace
        for parameter in trace.parameter_names:
            for factor in chain(trace, parameter):
                fraction = fraction_latex(factor.numerator, factor.denominator)
                found[f"{fraction} = {value_latex(factor)}"] = None
                found[f"= {derivative_latex(factor.running)}"] = None
    return list(found)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_formula_of_the_chain_is_drawn_in_the_colour_of_the_text(qapp: object, theme: Theme) -> None:
    formulas = all_formulas()
    assert len(formulas) > 30
    ink = QColor(theme.text)
    for latex in formulas:
        seen = pixels(formula_image(latex, 32.0, theme.text))
        solid = seen[seen[..., 3] > 250]
        assert len(solid) > 20, latex
        assert np.abs(solid[:, :3].astype(int) - [ink.blue(), ink.green(), ink.red()]).max() <= 2, latex


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_no_formula_touches_the_edge_of_its_image(qapp: object, ratio: float) -> None:
    for latex in all_formulas()[:12]:
        opaque = pixels(formula_image(latex, 20.0, "#000000", ratio))[..., 3] > 40
        assert not opaque[0].any(), latex
        assert not opaque[-1].any(), latex
        assert not opaque[:, 0].any(), latex
        assert not opaque[:, -1].any(), latex


def test_an_image_has_the_pixels_of_the_screen(qapp: object) -> None:
    single, double = (formula_image("z_{1}", 20.0, "#000000", ratio) for ratio in (1.0, 2.0))
    assert double.width() == pytest.approx(2 * single.width(), abs=2)
    assert double.devicePixelRatioF() == 2.0


def test_a_formula_is_set_only_once(qapp: object) -> None:
    assert typeset(r"\frac{a}{b}") is typeset(r"\frac{a}{b}")


def test_typesetting_does_not_stop_the_event_loop(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    latex, gate, outlines = r"\frac{\partial L}{\partial q_{7}}", Event(), formula._outlines

    def held_back(text: str) -> Formula:
        gate.wait()
        return outlines(text)

    monkeypatch.setattr(formula, "_outlines", held_back)
    typesetter = Typesetter()
    typesetter.request([latex])
    turns: list[int] = []
    QTimer.singleShot(0, lambda: turns.append(1))
    qtbot.waitUntil(lambda: bool(turns))  # the loop turns while the thread is at work
    assert known_formula(latex) is None
    with qtbot.waitSignal(typesetter.ready):
        gate.set()
    assert known_formula(latex) is not None


def test_a_formula_that_is_known_is_not_asked_for(qtbot: QtBot) -> None:
    typeset("k")
    typesetter = Typesetter()
    with qtbot.assertNotEmitted(typesetter.ready, wait=50):
        typesetter.request(["k"])


def test_a_label_says_its_formula_in_plain_signs(qtbot: QtBot) -> None:
    label = FormulaLabel()
    qtbot.addWidget(label)
    label.set_formula(r"\frac{\partial L}{\partial w_{1}}", "∂L/∂w₁")
    assert label.accessibleName() == "∂L/∂w₁"


def test_a_label_takes_the_room_of_its_formula_once_it_is_set(qtbot: QtBot) -> None:
    label = FormulaLabel(20.0)
    qtbot.addWidget(label)
    latex = r"\frac{\partial L}{\partial v_{9}}"
    label.set_formula(latex, "∂L/∂v₉")
    qtbot.waitUntil(lambda: known_formula(latex) is not None and label.sizeHint().height() > 35)
    label.set_theme(LIGHT)
    label.resize(label.sizeHint())
    picture = label.grab().toImage()
    ink = pixels(picture)[..., :3].astype(int)
    wanted = QColor(LIGHT.text)
    assert (np.abs(ink - [wanted.blue(), wanted.green(), wanted.red()]).max(axis=-1) < 12).sum() > 30


def test_an_error_in_a_formula_is_not_swallowed(qtbot: QtBot) -> None:
    typesetter = Typesetter()
    with qtbot.captureExceptions() as errors, qtbot.waitSignal(typesetter.ready):
        typesetter.request([r"\frac{"])
    assert errors


def test_a_terminal_command_does_not_load_the_typesetter() -> None:
    code = "import sys, ui.formula; sys.exit('ziamath' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={"QT_QPA_PLATFORM": "offscreen", "PATH": ""})
