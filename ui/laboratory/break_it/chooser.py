"""Choosing a bug: the list, what it is, and the switch that puts it into the run."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from playground.flaw import Flaw
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.settings import Settings, most_blocks
from ui.laboratory.break_it.words import bug_words, code_words
from ui.theme import DARK, Theme, number_font

__all__ = ["BugChooser"]

_CLEAN = "no bug"


class BugChooser(QWidget):
    """`chosen()` when another bug is looked at, `switched(Bug or None)` when the running network is to have it.

    two_blocks_wanted(): the network is to have the second conv block that the bug needs.
    """

    chosen = Signal()
    switched = Signal(object)
    two_blocks_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._flaw: Flaw | None = None
        self._settings = Settings()
        self._of_loss = ""
        self.list = _WholeList()
        self.list.setAccessibleName("Bugs")
        for name in (_CLEAN, *(bug.name for bug in BUGS)):
            item = QListWidgetItem(name)
            item.setToolTip(name if name == _CLEAN else bug_of(name).mistake)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(lambda _row: self._on_chosen())
        self.switch = QPushButton()
        self.switch.setFixedHeight(24)
        self.switch.clicked.connect(self._on_switch)
        self.two_blocks = QPushButton("Make it two blocks")
        self.two_blocks.setFixedHeight(24)
        self.two_blocks.setToolTip("Begin a new network with a second conv block; Ctrl+B brings this one back")
        self.two_blocks.clicked.connect(self.two_blocks_wanted)
        self.mistake = QLabel()
        self.mistake.setWordWrap(True)
        self.code = QLabel()
        self.code.setTextFormat(Qt.TextFormat.RichText)
        self.code.setFont(number_font(9.0))
        self.code.setWordWrap(True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAccessibleName("The line of code, right and wrong")
        """For a place where lines are long."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.list, self.switch, self.two_blocks, self.mistake):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._show()

    @property
    def bug(self) -> Bug | None:
        """The bug that is looked at."""
        row = self.list.currentRow()
        return BUGS[row - 1] if row > 0 else None

    def show_flaw(self, flaw: Flaw | None) -> None:
        """Mark the bug that the run has; one that has just been switched on is the one to look at."""
        self._flaw = flaw
        if flaw is not None and flaw.is_on:
            self.list.setCurrentRow(1 + BUGS.index(bug_of(flaw.name)))
        self._show()

    def show_settings(self, settings: Settings) -> None:
        """Know the run: not every bug makes a difference to every network."""
        if settings != self._settings:
            self._settings = settings
            self._show()

    def tell_of_loss(self, words: str) -> None:
        """What the curves of the bug that is looked at show, in words; "" of curves that are not there."""
        if words != self._of_loss:
            self._of_loss = words
            self._show()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._show()

    @property
    def running(self) -> str:
        """The name of the bug that is switched on, or ""."""
        return self._flaw.name if self._flaw is not None and self._flaw.is_on else ""

    def _on_chosen(self) -> None:
        self._show()
        self.chosen.emit()

    @Slot()
    def _on_switch(self) -> None:
        bug = self.bug
        self.switched.emit(None if self.running and (bug is None or bug.name == self.running) else bug)

    def _show(self) -> None:
        bug, on = self.bug, self.running
        for row in range(self.list.count()):
            name = BUGS[row - 1].name if row else _CLEAN
            item = self.list.item(row)
            item.setText(f"● {name}" if name == on else name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, switched on" if name == on else name)
        settings = self._settings
        idle = bug.idle_because(blocks=settings.blocks, batch_size=settings.batch_size) if bug is not None else ""
        self.mistake.setText(" ".join(filter(None, (idle, bug_words(bug), self._of_loss))))
        self.code.setText("" if bug is None else code_words(bug, self._theme))
        self.code.setVisible(bug is not None)
        mine = bool(on) and (bug is None or bug.name == on)
        self.switch.setText("Switch the bug off" if mine else "Train with this bug")
        self.switch.setEnabled(mine or (bug is not None and not idle))
        tip = "Compute rightly again; what was trained stays marked"
        if not mine:
            tip = idle or "The running network trains with it from the next step on: loudly marked, never saved"
        self.switch.setToolTip(tip)
        self.two_blocks.setVisible(bool(idle) and settings.blocks == 1 and bug is not None and bug.spoils == "dP")
        self.two_blocks.setEnabled(most_blocks(settings.image_size) >= 2)


class _WholeList(QListWidget):
    """A short list without a scroll bar, as high as all its rows."""

    def __init__(self) -> None:
        super().__init__()
        for bar in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(180, sum(map(self.sizeHintForRow, range(self.count()))) + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()
