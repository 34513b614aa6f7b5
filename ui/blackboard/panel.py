"""The blackboard examples in the lecture's own lines: choose a page, read it, change a number and see all follow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.notation.rules import cell_label
from playground.snapshot import RunState, Snapshot
from ui.blackboard.lines import SECTIONS, board
from ui.blackboard.notation import cell_text
from ui.blackboard.view import BoardView
from ui.cell_ref import CellRef
from ui.elided_label import ElidedLabel
from ui.explain.linker import Spotlight
from ui.theme import DARK, Theme, checked_button_style, compact

__all__ = ["BlackboardPanel"]

_START = "dw1"


class BlackboardPanel(QWidget):
    """Live while it is visible; writes nothing while it is not."""

    cell_pointed = Signal(object)
    edit_requested = Signal(object)
    watch_changed = Signal(object)  # "batch" while the update is seen, else None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._filters: tuple[int, ...] = (0,)
        self._decimals = 4
        self._key = _START
        self._theme = DARK
        self.view = BoardView()
        self.view.cell_pointed.connect(self.cell_pointed)
        self.view.edit_requested.connect(self.edit_requested)
        self.remark = QLabel()
        self.remark.setObjectName("muted")
        self.remark.setWordWrap(True)
        self.remark.setMinimumWidth(60)
        self.counting = ElidedLabel(muted=True)
        """How cells are called here and elsewhere."""
        self.pages: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setAccessibleName("Lines of the blackboard")
        self.scroll_area.setAccessibleDescription("Every line of the derivation with its numbers; arrow keys scroll")
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        inside.addWidget(self.remark)
        inside.addStretch(1)
        self.scroll_area.setWidget(page)
        page.setAutoFillBackground(False)
        self.scroll_area.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 3, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(self._buttons())
        layout.addWidget(self.scroll_area, 1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        for key, text in SECTIONS.items():
            button = QPushButton(text)
            compact(button)
            button.setCheckable(True)
            button.setChecked(key == _START)
            button.setFixedHeight(24)
            button.setFixedWidth(button.fontMetrics().horizontalAdvance(text) + 14)
            button.setAccessibleName(f"Lines of {text}")
            button.setToolTip(f"The lines of {text}, as on the blackboard (arrow keys go from page to page)")
            button.clicked.connect(lambda _checked=False, key=key: self.choose(key))
            self.pages[key] = button
            self._group.addButton(button)
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.counting, 1)
        return row

    @property
    def page(self) -> str:
        """The key of the page on screen, one of SECTIONS."""
        return self._key

    @Slot(str)
    def choose(self, key: str) -> None:
        """Turn to a page."""
        self._key = key
        self._tell_watched()
        self.pages[key].setChecked(True)
        self.scroll_area.verticalScrollBar().setValue(0)
        self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the newest numbers."""
        self._snapshot = snapshot
        self._refresh()

    @Slot(object)
    def show_spotlight(self, light: Spotlight | None) -> None:
        """Outline the signs of the cell that is pointed at or pinned, of what makes it and what is made from it."""
        marks: dict[CellRef, str] = {}
        if light is not None and self.isVisible():
            for color, cells in ((self._theme.source, light.sources), (self._theme.reader, light.readers)):
                marks |= {CellRef(name, tuple(index)): color for name, rows in cells for index in rows.tolist()}
            marks[light.ref] = self._theme.selection
        self.view.set_marks(marks)

    def show_filters(self, filters: tuple[int, ...]) -> None:
        """Write the lines of these filters, one of each block."""
        self._filters = filters or (0,)
        self._refresh()

    @Slot(int)
    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme; the chosen page stands out."""
        self._theme = theme
        self.view.set_theme(theme)
        for button in self.pages.values():
            button.setStyleSheet(checked_button_style(theme))

    def _refresh(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or not self.isVisible() or not snapshot.has_board:
            return
        chosen = min(self._filters[0], snapshot.trace.arrays["z1"].shape[1] - 1)
        section = board(snapshot, self._key, chosen, self._decimals)
        self.view.show_section(section)
        first = CellRef("w1", (chosen, 0, 0, 0))
        here, elsewhere = cell_text(snapshot.trace, first), cell_label(snapshot.trace, "w1", first.index)
        short = f"{here} is {elsewhere} elsewhere"
        self.counting.show_text(f"Places count from 1, as in the lecture: {short}", short, "")
        hint = (
            "Double-click a number to change it." if snapshot.state is RunState.PAUSED else "Pause to change numbers."
        )
        remark = f"{section.remark} {hint}".strip()
        if remark != self.remark.text():
            self.remark.setText(remark)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room makes the letters larger."""
        super().resizeEvent(event)
        self.view.set_visible_height(self.height() - 30)

    def sizeHint(self) -> QSize:
        """A line or two."""
        return QSize(520, 160)

    def minimumSizeHint(self) -> QSize:
        """One line; the rest scrolls."""
        return QSize(320, 110)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._tell_watched()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: the next step need not be worked out."""
        super().hideEvent(event)
        self._tell_watched()

    def _tell_watched(self) -> None:
        self.watch_changed.emit("batch" if self.isVisible() and self._key == "update" else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PageUp and PageDown turn the pages, wherever in the panel the focus is."""
        turn = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        keys = list(SECTIONS)
        if turn is None or event.modifiers():
            super().keyPressEvent(event)
        else:
            self.choose(keys[min(max(keys.index(self._key) + turn, 0), len(keys) - 1)])
