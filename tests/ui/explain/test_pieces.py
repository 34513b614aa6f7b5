"""The colours of a line of numbers."""

import pytest
from PySide6.QtGui import QFont

from ui.explain.pieces import _format
from ui.theme import DARK, LIGHT


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("role", ["text", "derivative", "total"])
def test_no_number_is_written_in_the_colours_that_mean_its_sign(theme, role):
    color = _format(role, theme).foreground().color().name()
    assert color not in (theme.positive, theme.negative, theme.backward, theme.accent)


def test_what_the_sum_comes_to_stands_out_by_its_weight():
    assert _format("total", DARK).fontWeight() == QFont.Weight.Bold
