"""The derivation of one parameter's gradient: choose the parameter, walk through its factors or let them play."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.chain import ChainFactor, chain
from playground.snapshot import Snapshot
from ui.chain.bar import ChainBar
from ui.chain.detail import FactorDetail
from ui.chain.drawing import Mark
from ui.chain.marking import PictureCells
from ui.chain.picture import array_picture, factor_picture
from ui.chain.row import FactorRow
from ui.explain.linker import Spotlight
from ui.flow.heatmap import Scales
from ui.number_format import display_name
from ui.theme import DARK, Theme

__all__ = ["ChainPanel"]

_SECONDS = 1.25
_ROOM_FOR_ALL = 145  # in less height cards and explanation are as small as can be read, so that nothing scrolls away
_LOW_DETAIL = 28


class _Marked(Protocol):
    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Outline cells."""


class ChainPanel(QWidget):
    """Live while it is visible; computes nothing while it is not."""

    factor_chosen = Signal(object)
    """The ChainFactor that is now chosen, None if none is."""
    touched = Signal(object)
    """Names of the arrays that the chosen factor joins, their derivatives too; None if no factor is chosen."""
    cell_pointed = Signal(object)
    """The CellRef under the mouse in the picture of a factor or of the product, None if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._architecture: dict[str, tuple[int, ...]] = {}
        self._factors: tuple[ChainFactor, ...] = ()
        self._parameter = "w1"
        self._filters: tuple[int, ...] = (0, 0, 0)
        self._scales = Scales()
        self._scaled_for: tuple[object, ...] = ()
        self._told: tuple[str, ...] | None = None
        self._cells = PictureCells()
        self._light: Spotlight | None = None
        self._theme = DARK
        self.row = FactorRow()
        self.detail = FactorDetail()
        self.bar = ChainBar(_SECONDS)
        self._connect_bar()
        self.row.cell_pointed.connect(self._point_at_factor)
        self.detail.picture.pointed.connect(lambda place: self._point_at_factor(-1, place))  # it stands last
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 1, 2, 0)
        layout.setSpacing(2)
        layout.addWidget(self.bar)
        layout.addWidget(self.row, 1)
        layout.addWidget(self.detail)
        self._timer = QTimer(self, interval=round(1000 * _SECONDS))
        self._timer.timeout.connect(self._play_on)
        self.row.chosen.connect(self._chosen_by_hand)
        self._fit()

    def _connect_bar(self) -> None:
        bar = self.bar
        self.back, self.next, self.all, self.play, self.seconds = bar.back, bar.next, bar.all, bar.play, bar.seconds
        bar.parameter_chosen.connect(self.choose_parameter)
        bar.back.clicked.connect(self.previous)
        bar.next.clicked.connect(self.following)
        bar.all.clicked.connect(self.show_all)
        bar.play.toggled.connect(self._set_playing)
        bar.seconds.valueChanged.connect(self.set_seconds)

    # --- what is shown ---------------------------------------------------------------------------------------------

    @property
    def factors(self) -> Sequence[ChainFactor]:
        """The factors on screen, from the loss on."""
        return self._factors

    @property
    def parameter(self) -> str:
        """The parameter whose derivative is taken apart, "w1"."""
        return self._parameter

    @property
    def factor(self) -> ChainFactor | None:
        """The chosen factor."""
        return self._factors[self.row.current] if 0 <= self.row.current < len(self._factors) else None

    @property
    def is_playing(self) -> bool:
        """True while it walks by itself."""
        return self._timer.isActive()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a snapshot if the panel is visible: the same step as in the flow, in every frame."""
        self._snapshot = snapshot
        self._refresh()

    def show_filters(self, filters: Sequence[int]) -> None:
        """Picture these filters, one of each conv block, counted from 0."""
        self._filters = tuple(filters)
        self._scaled_for = ()
        self._refresh()

    def choose_parameter(self, name: str) -> None:
        """Take the derivative by another parameter apart; a chosen factor that it shares stays chosen."""
        kept = self.factor
        self._parameter = name
        if name in self.bar.parameters:
            self.bar.parameters[name].setChecked(True)
        if self._snapshot is None:
            return
        self._shown = self._snapshot
        self._factors = chain(self._shown.trace, name)
        shared = [
            number
            for number, factor in enumerate(self._factors)
            if kept and (factor.numerator, factor.denominator) == (kept.numerator, kept.denominator)
        ]
        self._show_factors()
        self.choose(shared[0] if shared else -1)

    def choose(self, position: int) -> None:
        """Choose the factor at a position, −1 for none."""
        self.row.set_current(position if position < len(self._factors) else -1)
        self._explain()
        self._tell()
        self.factor_chosen.emit(self.factor)

    @Slot(int)
    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self.row.set_decimals(decimals)
        self.detail.set_decimals(decimals)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._theme = theme
        self.row.set_theme(theme)
        self.detail.set_theme(theme)
        self.setStyleSheet(
            f"""
            QToolButton {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.panel_border};
                border-radius: 5px; }}
            QToolButton:hover {{ border-color: {theme.muted}; }}
            QToolButton:checked {{ color: {theme.accent_text}; background: {theme.accent}; font-weight: bold; }}
            QScrollBar:horizontal {{ background: transparent; border: none; height: 7px; margin: 0; }}
            QScrollBar::handle:horizontal {{ background: {theme.grid}; border-radius: 3px; min-width: 40px; }}
            QScrollBar::handle:horizontal:hover {{ background: {theme.muted}; }}
            QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal {{ width: 0; }}
            """
        )

    @Slot()
    def _refresh(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or not self.isVisible():
            return
        self._shown, trace = snapshot, snapshot.trace
        # what sentences and formulas say changes with the network, and with nothing else
        architecture = {name: array.shape for name, array in trace.arrays.items()}
        known, self._architecture = architecture == self._architecture, architecture
        if tuple(self.bar.parameters) != trace.parameter_names:
            self.bar.show_parameters(trace.parameter_names, self._parameter)
        if self._parameter not in trace.parameter_names:
            self.choose_parameter("w1")
        self._factors = chain(trace, self._parameter)
        self._show_factors()
        if not known:
            self.show_all()

    def _show_factors(self) -> None:
        snapshot = self._shown
        assert snapshot is not None
        trace = snapshot.trace
        self.bar.show_step(snapshot.step)
        pictures = [factor_picture(factor, trace, self._filters) for factor in self._factors]
        names = [f"{factor.numerator}/{factor.denominator}" for factor in self._factors]
        product = array_picture(trace, self._running(), self._filters)
        run = (snapshot.run_id, snapshot.sample, self._parameter)
        if run != self._scaled_for:
            self._scaled_for = run
            self._scales.forget()
        limits = {name: picture.limit for name, picture in zip(names, pictures, strict=True)}
        self._scales.update({**limits, self._running(): product.limit})
        self.row.show_factors(self._factors, pictures, [self._scales.limit(name) for name in names])
        self.detail.show_product(product, self._scales.limit(self._running()), display_name(self._running()))
        self._mark()

    def _running(self) -> str:
        return self.factor.running if self.factor else f"d{self._parameter}"

    def _explain(self) -> None:
        self.detail.explain(self.factor, self._parameter, self._factors)
        if self._shown is not None:
            product = array_picture(self._shown.trace, self._running(), self._filters)
            self._scales.update({self._running(): product.limit})
            self.detail.show_product(product, self._scales.limit(self._running()), display_name(self._running()))
        self.bar.show_choice(self.row.current, len(self._factors))
        self._mark()

    def _tell(self) -> None:
        """Tell what is lit if it has changed: nothing while the panel is out of sight."""
        factor, names = self.factor, None
        if factor and self.isVisible():
            # the gradient comes in by the numerator (a 1 for the loss itself) and goes out by the denominator
            gradients = [f"d{factor.numerator}"] if factor.numerator != "L" else []
            names = (*factor.touches, *gradients, factor.running)
        if names != self._told:
            self._told = names
            self.touched.emit(names)

    @Slot(int, object)
    def _point_at_factor(self, position: int, place: tuple[int, int, int] | None) -> None:
        ref = None
        if place is not None and self._shown is not None:
            self._cells.of(self._factors, self._running(), self._shown.trace, self._filters)
            ref = self._cells.cell(self._shown.trace, position, place)
        self.cell_pointed.emit(ref)

    @Slot(object)
    def show_spotlight(self, light: Spotlight | None) -> None:
        """Outline in the pictures the cell that is pointed at or pinned, what makes it and what is made from it."""
        self._light = light
        self._mark()

    def _mark(self) -> None:
        if self._shown is None or not self.isVisible():
            return
        if self._light is not None:
            self._cells.of(self._factors, self._running(), self._shown.trace, self._filters)
        pictures: tuple[_Marked, ...] = (*self.row.cards, self.detail.picture)
        marks = self._cells.marks(self._light, self._theme) if self._light else repeat(())
        for picture, marked in zip(pictures, marks, strict=False):
            picture.set_marks(marked)

    # --- walking ---------------------------------------------------------------------------------------------------

    @Slot()
    def following(self) -> None:
        """Choose the next factor, the first if none is chosen."""
        self._chosen_by_hand(min(self.row.current + 1, len(self._factors) - 1))

    @Slot()
    def previous(self) -> None:
        """Choose the factor before, the first if none is chosen."""
        if self._factors:
            self._chosen_by_hand(max(self.row.current - 1, 0))

    @Slot()
    def show_all(self) -> None:
        """Choose no factor: nothing is dimmed any more."""
        self._chosen_by_hand(-1)

    @Slot(int)
    def _chosen_by_hand(self, position: int) -> None:
        self.play.setChecked(False)
        self.choose(position)

    @Slot(float)
    def set_seconds(self, seconds: float) -> None:
        """How long each factor stays while playing; the range of the field holds for the reader only."""
        with QSignalBlocker(self.seconds):
            self.seconds.setValue(seconds)
        self._timer.setInterval(round(1000 * seconds))

    @Slot(bool)
    def _set_playing(self, playing: bool) -> None:
        if not playing:
            self._timer.stop()
        elif self._factors:
            if self.row.current in (-1, len(self._factors) - 1):
                self.choose(0)
            self._timer.start()

    @Slot()
    def _play_on(self) -> None:
        self.choose(self.row.current + 1)
        if self.row.current >= len(self._factors) - 1:
            self.play.setChecked(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """P plays, Esc leaves the factor, wherever in the panel the focus is."""
        plain = not event.modifiers()
        if plain and event.key() == Qt.Key.Key_P:
            self.play.toggle()
        elif plain and event.key() == Qt.Key.Key_Escape and self.factor:
            self.show_all()
        else:
            super().keyPressEvent(event)

    # --- size and sight --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._refresh()
        self._tell()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest, and light nothing."""
        super().hideEvent(event)
        self.play.setChecked(False)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More height makes the explanation larger, after the cards."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = self.height()
        usual = max(36, min(72, round(height * 0.25)), min(110, height // 6))
        self.detail.setFixedHeight(usual if height >= _ROOM_FOR_ALL else _LOW_DETAIL)
