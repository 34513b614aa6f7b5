"""Everything about one cell: its rule, every term, and whether their sum is the number that the engine computed."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QMouseEvent, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.explain import Explanation
from playground.laboratory.self_check import is_close
from playground.snapshot import RunState
from ui.controls import CalmToolButton
from ui.explain.linker import CellLinker, Spotlight
from ui.explain.no_terms import no_terms_words
from ui.explain.pieces import PieceLine
from ui.explain.pins_list import PinsList
from ui.explain.sentence import Piece, formula_line, text_of
from ui.explain.terms_model import TermsModel
from ui.explain.terms_table import TermsTable
from ui.number_format import format_number, grouped, term_number
from ui.scrolling import ScrollingArea
from ui.theme import SLIM_SCROLL_BAR, Theme, number_font, slim_scroll_bar

__all__ = ["TermsPanel", "check_texts"]

_REORDER_MS = 1000
_NARROW = 700
_UPDATE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter  # lines of sums begin one beneath the other
_HINT = (
    "Click a cell above to pin it, with Shift beside the ones before: every term of its sum is listed here and "
    "followed while the network trains."
)


class TermsPanel(QWidget):
    """The terms of the linker's subject, the pins beside them; follows ten times a second while it is visible.

    Sorted by size, the rows keep their order while somebody reads (has scrolled or selected); it is made anew once a
    second from the top of the list, and at every step while paused.
    """

    cell_pointed = Signal(object)
    """The CellRef of the factor under the mouse, None if there is none."""
    watch_changed = Signal(object)
    """"batch" while the update of a parameter is shown, which the next step makes; else None."""

    def __init__(self, linker: CellLinker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._linker = linker
        self._light: Spotlight | None = None
        self._watches = False
        self._step = 0
        self._decimals = 4
        self._narrow: bool | None = None
        self._since_order = QElapsedTimer()
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.back = self._button("◂", "Back to the cell before (Alt+Left)", "Back")
        self.forward = self._button("▸", "Forward again (Alt+Right)", "Forward")
        self.title = PieceLine(number_font(9))
        self.copy_all = self._button("Copy all", "Copy every term as text with tabs", "Copy all terms")
        top = QHBoxLayout()
        top.setSpacing(4)
        for widget in (self.back, self.forward):
            top.addWidget(widget)
        top.addWidget(self.title, 1)
        top.addWidget(self.copy_all)
        self.terms = TermsModel()
        self.table = TermsTable(self.terms)
        self.table.sortByColumn(self.terms.columnCount() - 1, Qt.SortOrder.DescendingOrder)
        self.pins = PinsList(self._linker)
        self.pins_area = self._pins_area()
        self.hint = QLabel(_HINT)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        middle = QHBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self.pins_area)
        middle.addWidget(self.table, 1)
        self.hint_area = ScrollingArea(self.hint)
        middle.addWidget(self.hint_area, 1)
        self.check = PieceLine(number_font(8.5))
        self.check.setAccessibleName("Check of the sum")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 3, 2, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addLayout(middle, 1)
        layout.addWidget(self.check)

    def _button(self, text: str, tip: str, name: str) -> CalmToolButton:
        button = CalmToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        return button

    def _pins_area(self) -> QWidget:
        """The pins in a scroll area under a heading that says how far back their curves go."""
        area = QWidget()
        column = QVBoxLayout(area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        # no QLabel: each new text of one lays the whole window out anew
        font = self.font()
        font.setPointSizeF(8.0)
        self.pins_title = PieceLine(font)
        self.pins_scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the pins take the keys
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.pins)
        scroll.viewport().setAutoFillBackground(False)
        self.pins.setAutoFillBackground(False)
        column.addWidget(self.pins_title)
        column.addWidget(scroll, 1)
        return area

    def _connect(self) -> None:
        linker = self._linker
        self.back.clicked.connect(linker.go_back)
        self.forward.clicked.connect(linker.go_forward)
        self.copy_all.clicked.connect(self._copy_all)
        self.table.factor_chosen.connect(linker.follow)
        self.table.factor_pointed.connect(self.cell_pointed)
        linker.subject_changed.connect(self._refresh)
        linker.values_changed.connect(self._refresh)
        linker.pins_changed.connect(self._show_state)
        for keys, act in (("Alt+Left", linker.go_back), ("Alt+Right", linker.go_forward)):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._ordered)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self.pins.set_theme(theme)
        self.pins_scroll.verticalScrollBar().setStyleSheet(slim_scroll_bar(theme))
        self.pins_title.set_theme(theme)
        self.table.set_theme(theme)
        self.title.set_theme(theme)
        self.check.set_theme(theme)

    @Slot(int)
    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers; the check keeps eight, or it could not tell rounding from error."""
        self._decimals = decimals
        self.terms.set_decimals(decimals)
        self.pins.set_decimals(decimals)
        self._show_state()
        self.table.fit_columns()

    def sizeHint(self) -> QSize:
        """A few rows."""
        return QSize(520, 160)

    def minimumSizeHint(self) -> QSize:
        """Two rows; the rest scrolls."""
        return QSize(320, 110)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was not followed while hidden."""
        super().showEvent(event)
        self._refresh()

    # --- the numbers -----------------------------------------------------------------------------------------------

    @Slot()
    def _refresh(self) -> None:
        if not self.isVisible():
            return
        ref = self._linker.subject
        light = self._linker.explanation(ref) if ref else None
        self._watch(light is not None and light.found.rule == "parameter")
        other = light is None or self._light is None or light.ref != self._light.ref
        self._light = light
        self.terms.show_spotlight(light)
        snapshot = self._linker.snapshot
        if other:
            self.table.scrollToTop()
            self._ordered()
        elif self.terms.by_size and snapshot and (snapshot.state is not RunState.TRAINING or self._may_reorder()):
            self.terms.reorder()
            self._ordered()
        self._show_state()

    def _watch(self, watches: bool) -> None:
        if watches is not self._watches:
            self._watches = watches
            self.watch_changed.emit("batch" if watches else None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._watch(False)

    def _may_reorder(self) -> bool:
        at_top = self.table.verticalScrollBar().value() == 0
        return at_top and not self.table.selected_rows() and self._since_order.elapsed() >= _REORDER_MS

    @Slot()
    def _ordered(self) -> None:
        self._since_order.start()
        self._step = self._linker.snapshot.step if self._linker.snapshot else 0

    @Slot()
    def _show_state(self) -> None:
        pins, active, light = self._linker.pins, self._linker.active, self._light
        self.pins_area.setVisible(bool(pins))
        frames = max((len(pin.recent) for pin in pins), default=0)
        self.pins_title.show_pieces(
            (Piece(f"Pinned {len(pins)} · last {frames} frame{'s' if frames != 1 else ''}", "muted"),)
        )
        self.back.setEnabled(bool(active and active.back))
        self.forward.setEnabled(bool(active and active.forward))
        if active:
            place = self.pins.row_rect(pins.index(active)).center()
            self.pins_scroll.ensureVisible(place.x(), place.y(), 0, self.pins.row_rect(0).height() // 2)
        rows = bool(light and light.found.count)
        self.table.setVisible(rows)
        self.copy_all.setVisible(rows)
        self.hint_area.setVisible(not rows)
        is_update = light is not None and light.found.rule == "parameter"
        self.hint.setAlignment(_UPDATE if is_update else Qt.AlignmentFlag.AlignCenter)
        if light:
            value = (Piece(" = "), Piece(term_number(light.found.value, self._decimals), "total"))
            rule = formula_line(light.trace, light.found, lambda _text: True)
            short = formula_line(light.trace, light.found, lambda text: len(text) < len(text_of(rule)))
            self.title.show_pieces(rule + value, short + value, rule[:1] + value)
            self.hint.setText(no_terms_words(light, self._linker.snapshot, self._decimals))
        else:
            self.title.show_pieces()
            self.hint.setText(_HINT)
        self._show_check()

    def _show_check(self) -> None:
        found = self._light.found if self._light else None
        if found is None or not found.count:
            self.check.show_pieces()
            return
        order = f" · ordered at step {grouped(self._step)}" if self.terms.by_size else ""
        sign = Piece("✓ ", "good") if is_close(found) else Piece("✗ ", "bad")
        text, *shorter = check_texts(found)
        self.check.show_pieces(
            (sign, Piece(text), Piece(order, "muted")), *((sign, Piece(shown)) for shown in (text, *shorter))
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the last line."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self.pins.set_narrow(narrow)
            self.table.set_narrow(narrow)
            self.pins_area.setFixedWidth(self.pins.sizeHint().width() + SLIM_SCROLL_BAR)

    @Slot()
    def _copy_all(self) -> None:
        with QSignalBlocker(self.copy_all):
            self.table.copy(list(range(self.terms.rowCount())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The side buttons of a mouse go back and forward."""
        if event.button() == Qt.MouseButton.BackButton:
            self._linker.go_back()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self._linker.go_forward()
        else:
            super().mousePressEvent(event)


def check_texts(found: Explanation) -> tuple[str, ...]:
    """'576 terms sum to −0.00391234; the engine has −0.00391233, 1.2e−08 apart, float32 rounding', then shorter."""
    count = f"{grouped(found.count)} terms sum to" if found.count > 1 else "1 term makes"
    gap = abs(found.total - found.value)
    apart = "no difference" if gap == 0 else f"{format_number(gap, 5)} apart"
    verdict = f"{apart}, float32 rounding" if gap and is_close(found) else apart
    total, value = format_number(found.total, 8), format_number(found.value, 8)
    return (
        f"{count} {total}; the engine has {value}, {verdict}",
        f"{count} {total}; the engine has {value}, {apart}",
        f"{count} {total}; engine {value}",
        f"{apart} of the engine's {value}" if gap else f"the engine's {value}",
    )
