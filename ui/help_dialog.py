"""The help overlay: every key, from the table of actions, and how to read the window."""

from __future__ import annotations

import html

from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMessageBox, QTextBrowser, QVBoxLayout, QWidget

from playground.arithmetic import arithmetic
from ui.action_table import ACTIONS, MENUS, Action, shortcut_text
from ui.theme import DARK, Theme, palette_color

__all__ = ["HelpDialog", "help_html", "show_about"]

_OTHER_KEYS = (
    ("Tab, Shift+Tab", "Go to the next or the previous control; a row of like ones is one stop, ← → go along it"),
    ("Alt + underlined letter", "Go to the control of that name"),
    ("↑ ↓ ← →, Page ↑ ↓", "Change the focused slider or number; in a picture, move to the next cell"),
    ("+ − Home L", "In a chart: zoom, show everything, linear or logarithmic; ← → moves the reading line"),
    ("wheel, drag, double click", "In a chart: zoom at the pointer, zoom into a rectangle, show everything"),
    ("Esc", "Leave a picture's cell, a menu or this dialog"),
)


class HelpDialog(QDialog):
    """Shortcuts and colours; scrolls with the keys, closes with Esc."""

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts and colours")
        self.text = QTextBrowser()
        self.text.setAccessibleName("Shortcuts and colours")
        self.text.setOpenLinks(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(640, 620)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        place = self.text.verticalScrollBar().value()
        self.text.setHtml(help_html(theme))
        self.text.verticalScrollBar().setValue(place)


def help_html(theme: Theme) -> str:
    """The whole help as rich text in the colours of a theme."""
    parts = [f'<h2 style="color:{theme.text}">Keys</h2>']
    for menu in MENUS:
        rows = [
            (shortcut_text(action), f"{_title(action)}: {action.tooltip}")
            for action in ACTIONS
            if action.menu.lstrip("&").partition("/")[0] == menu.lstrip("&") and action.shortcuts
        ]
        parts.append(_table(menu.replace("&", ""), rows, theme))
    parts.append(_table("Everywhere", list(_OTHER_KEYS), theme))
    parts.append(
        "<p>Keys without Ctrl act unless the focused control uses the key itself: → moves a focused slider, "
        "and typing in a field trains nothing.</p>"
    )
    parts.append(f'<h2 style="color:{theme.text}">How to read the window</h2>')
    parts.append(_reading(theme))
    return "".join(parts)


def _title(action: Action) -> str:
    """Where an action is in its menu: 'Train', 'Export › Data set'."""
    *_, submenu = ("", *action.menu.split("/")[1:])
    text = action.text.replace("&", "").rstrip("…")
    return f"{submenu} › {text}" if submenu else text


def _table(title: str, rows: list[tuple[str, str]], theme: Theme) -> str:
    cells = "".join(
        f'<tr><td width="170" style="font-family:monospace; color:{theme.accent}">{html.escape(keys)}</td>'
        f"<td>{html.escape(what)}</td></tr>"
        for keys, what in rows
    )
    return (
        f'<h4 style="color:{theme.muted}">{html.escape(title)}</h4><table cellpadding="2" width="100%">{cells}</table>'
    )


def _reading(theme: Theme) -> str:
    def mark(color: str, name: str) -> str:
        return f'<span style="color:{color}"><b>■ {html.escape(name)}</b></span>'

    facts = (
        f"{mark(theme.forward, 'Green arrows')}: the forward pass, left to right, from the image X to the loss L.",
        f"{mark(theme.backward, 'Orange arrows')}: the backward pass, right to left. Each gradient ∂L/∂v "
        "hangs under the value v that it belongs to and has its shape.",
        f"{mark(palette_color(theme, 0), 'Blue')} is the class with y = 0, "
        f"{mark(palette_color(theme, 1), 'orange')} the one with y = 1, unless the workshop gave them other colours.",
        f"In weights and gradients {mark(theme.positive, 'orange')} is positive, {mark(theme.negative, 'blue')} "
        "negative, zero the ground between them. The scale is the same on both sides.",
        "In images and activations the lighter, the larger; black is zero.",
        f"In the charts {mark(theme.train, 'train')} and {mark(theme.test, 'test')} are measured on many images. "
        "The paler curve behind them is the loss of every single batch; nothing is smoothed. Where several steps share "
        "a pixel, the least and the greatest of them are drawn, and the chart says so. Grey: the previous run.",
        "Dashed lines in a chart mark steps at which something was changed or happened; point at one to read what.",
        "Every number is the value that the engine computed in that step.",
    )
    return "<ul>" + "".join(f"<li>{fact}</li>" for fact in facts) + "</ul>"


def show_about(window: QWidget) -> None:
    """What this program is, and whose data it ships."""
    from importlib.metadata import version  # noqa: PLC0415 - the program starts without it

    title = QCoreApplication.applicationName() or "CNN Playground"
    QMessageBox.about(
        window,
        f"About {title}",
        f"<b>{title}</b><p>Trains a small convolutional network while you watch every derivative."
        f"<p>Training steps: {arithmetic()}.<br>Window: Qt {qVersion()}, pyqtgraph {version('pyqtgraph')}."
        "<p>Digits: MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0.",
    )
