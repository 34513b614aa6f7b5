"""The forward and backward pass of the chosen sample as one painted picture: what is shown, and where it stands."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.snapshot import RunState, Snapshot
from ui.cell_ref import CellRef
from ui.flow.arrange import arrange, least_width
from ui.flow.fonts import FlowFonts
from ui.flow.heatmap import ScaleRule, Scales
from ui.flow.layout import Architecture, FlowLayout, Options, Rect
from ui.flow.overlay import FlowOverlay
from ui.flow.painter import FlowPainter
from ui.flow.waiting import Waiting
from ui.theme import DARK, Theme
from ui.vectors import draws_vectors

__all__ = ["FlowSurface"]


class FlowSurface(QWidget):
    """Every value and derivative of the trace, large enough to be read where there is room.

    A snapshot is drawn once into an image; what the overlay has, outlines among it, is painted over it.
    """

    filter_chosen = Signal(int)
    """The filter now shown; `chosen_filters` says of each block."""
    output_chosen = Signal(int)
    """The class whose weights are shown."""
    layout_changed = Signal()
    """Other filters or another output are on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Forward and backward pass")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._architecture: Architecture | None = None
        self._options = Options()
        self._scales = Scales()
        self._seen: tuple[object, ...] = ()
        self._painter: FlowPainter | None = None
        self._composed: Rect | None = None
        self._overlay = FlowOverlay()
        self._own_output = False
        self._room: tuple[QSize, int] | None = None
        self._waiting = Waiting(self)

    # --- what is shown ---------------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot on screen."""
        return self._snapshot

    @property
    def flow_layout(self) -> FlowLayout | None:
        """The geometry on screen in device pixels, None before the first snapshot."""
        return self._prepared().layout if self._snapshot else None

    @property
    def painted(self) -> FlowPainter | None:
        """What draws the picture, None before the first snapshot."""
        return self._prepared() if self._snapshot else None

    @property
    def chosen_filters(self) -> tuple[int, ...]:
        """The chosen filter of each conv block."""
        return self._options.chosen[: len(self._architecture.blocks)] if self._architecture else ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the trace of a snapshot, or B − A where a moment is pinned; another architecture is laid out anew."""
        difference = snapshot.difference
        if difference is not None:
            snapshot = replace(snapshot, trace=difference.trace)
        if self._options.difference != (difference is not None):
            self._set_options(difference=difference is not None)
            self._scales.forget()
        self._waiting.stop()
        previous, self._snapshot = self._snapshot, snapshot
        architecture = self._architecture
        if architecture is None or previous is None or previous.settings is not snapshot.settings:
            architecture = Architecture.of(snapshot.trace)
        if architecture != self._architecture or (previous and previous.class_names != snapshot.class_names):
            self._architecture = architecture
            limits = [block.maps for block in architecture.blocks] + [1] * 3
            chosen = tuple(
                min(number, limit - 1) for number, limit in zip(self._options.chosen, limits[:3], strict=True)
            )
            self._own_output = False
            self._set_options(chosen=chosen, output=self._followed_output(snapshot))
            self.forget_cells()
            self.updateGeometry()
        elif previous and previous.trace.y[0] != snapshot.trace.y[0]:
            self._set_options(output=self._followed_output(snapshot))
        if snapshot.settings.frozen != self._options.frozen:
            self._set_options(frozen=snapshot.settings.frozen)
        if snapshot.bug_on != self._options.bug:
            self._set_options(bug=snapshot.bug_on)
        other = previous and (previous.run_id, previous.sample) != (snapshot.run_id, snapshot.sample)
        if other and self._scales.rule is not ScaleRule.LOCKED:
            self._scales.forget()
        self._composed = None
        self.update()

    def forget_cells(self) -> None:
        """Another network is shown: no cell of the one before is there any more."""
        self._overlay.set_marks(())

    def _followed_output(self, snapshot: Snapshot) -> int:
        """The output whose weights are shown: the sample's class, unless the reader has chosen one."""
        if self._own_output:
            return self._options.output
        return int(snapshot.trace.y[0]) if snapshot.trace.arrays["A" + str(snapshot.trace.blocks + 1)].size > 1 else 0

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._theme = self._overlay.theme = theme
        self._painter = None
        self.update()

    def set_all_filters(self, shown: bool) -> None:
        """Show every filter as a mosaic, or the chosen filter of each block large."""
        self._set_options(all_filters=shown)
        self.updateGeometry()
        self.layout_changed.emit()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers in boxes and large cells."""
        self._set_options(decimals=decimals)
        self.updateGeometry()

    def set_scale_rule(self, rule: ScaleRule) -> None:
        """Choose which value gets the strongest colour; LOCKED holds the scales of this moment."""
        self._scales.rule = rule
        self._seen = ()
        self._composed = None
        self.update()

    def choose_filter(self, block: int, number: int) -> None:
        """Show filter `number` of conv block `block` (counted from 1)."""
        chosen = list(self._options.chosen)
        chosen[block - 1] = number
        self._set_options(chosen=tuple(chosen))
        self.layout_changed.emit()
        self.filter_chosen.emit(number)

    def choose_output(self, number: int) -> None:
        """Show the dense weights of output `number`."""
        self._own_output = True
        self._set_options(output=number)
        self.layout_changed.emit()
        self.output_chosen.emit(number)

    def choose(self, cell: CellRef) -> None:
        """Show the filter or the output that a cell belongs to."""
        plain = cell.name.removeprefix("d")
        architecture = self._architecture
        if architecture is None or plain in ("x", "L"):
            return
        if plain == "F":
            last = architecture.blocks[-1]
            self.choose_filter(len(architecture.blocks), cell.index[0] // (last.pooled[0] * last.pooled[1]))
        elif int(plain[1:]) == architecture.dense:
            if plain[0] != "w" and architecture.outputs > 1:
                self.choose_output(cell.index[0])
        else:
            self.choose_filter(int(plain[1:]), cell.index[0])

    def reveal(self, cell: CellRef) -> QRect:
        """Choose the filter or output that shows a cell; returns its place in the widget."""
        if self.place_of(cell).isEmpty():
            self.choose(cell)
        return self.place_of(cell)

    # --- geometry --------------------------------------------------------------------------------------------------

    def _set_options(self, **changes: object) -> None:
        self._options = Options(**{**vars(self._options), **changes})
        self._painter = None
        self.update()

    def _fonts(self) -> FlowFonts:
        return FlowFonts(self.font(), self.devicePixelRatioF(), self._snapshot.class_names if self._snapshot else ())

    def _prepared(self) -> FlowPainter:
        """The painter for the present size; laid out anew when size, scaling, options or theme have changed."""
        assert self._snapshot is not None
        assert self._architecture is not None
        ratio = self.devicePixelRatioF()
        # a part of a pixel at the edge would stay black
        width, height = math.ceil(self.width() * ratio), math.ceil(self.height() * ratio)
        if self._painter and self._painter.made_for == (width, height, ratio):
            return self._painter
        fonts = self._fonts()
        page = int(self._room[0].height() * ratio) if self._room else None
        layout = arrange(self._architecture, width, height, fonts.metrics, self._options, page=page)
        self._painter = FlowPainter(
            layout,
            fonts,
            self._theme,
            self._options,
            trace=self._snapshot.trace,
            class_names=self._snapshot.class_names,
        )
        self._painter.made_for = (width, height, ratio)
        self._seen = ()
        self._overlay.forget_places()
        self._composed = None
        return self._painter

    def lay_out_anew(self) -> None:
        """Something has changed that sizes depend on: fonts, the scaling of the screen, the room."""
        self._painter = None
        self.updateGeometry()

    def set_room(self, room: QSize, bar_width: int) -> None:
        """What a scroll area has to offer, and the width of the bar that it needs where that is too low."""
        if self._room != (room, bar_width):
            self._room = (room, bar_width)
            self.lay_out_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new size is laid out anew."""
        self._painter = None
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self.layout_changed.emit()

    def minimumSizeHint(self) -> QSize:
        """The size with the smallest tiles; in less than that a scroll area scrolls."""
        if self._architecture is None:
            return QSize(400, 320)
        ratio, metrics = self.devicePixelRatioF(), self._fonts().metrics
        width = int(-(-least_width(self._architecture, metrics, self._options) // ratio))
        room, bar = self._room or (self.size(), 0)
        height = 0
        for bar_width in (0, bar):  # a bar takes width, and the narrower, the more bands there are under each other
            asked = int(max(width, room.width() - bar_width) * ratio)
            page = int(room.height() * ratio)
            layout = arrange(self._architecture, asked, 1, metrics, self._options, page=page)
            height = int(-(-layout.height // ratio))
            if height <= room.height():
                break
        return QSize(width, height)

    def sizeHint(self) -> QSize:
        """Room for a comfortable picture."""
        return self.minimumSizeHint().expandedTo(QSize(780, 540))

    def _logical(self, rect: Rect) -> QRect:
        """The logical pixels that a device rectangle and its outline touch."""
        ratio = self.devicePixelRatioF()
        left, top = int(rect.x // ratio) - 4, int(rect.y // ratio) - 4
        return QRect(left, top, int(rect.width / ratio) + 10, int(rect.height / ratio) + 10)

    def place_of(self, cell: CellRef) -> QRect:
        """Where a cell is in the widget, in logical pixels; empty if it is not shown."""
        rect = self.flow_layout.cell_rect(cell.name, cell.index) if self.flow_layout else None
        return self._logical(rect) if rect else QRect()

    def place_of_array(self, name: str) -> QRect:
        """Where the tile of an array is in the widget, with its texts; empty if there is none."""
        layout = self.flow_layout
        tile = layout.tiles.get(name) if layout else None
        return self._logical(tile.extent) if tile else QRect()

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture of the snapshot (made when it is new) and draw the outlines over it."""
        painter = QPainter(self)
        if self._snapshot is None:
            self._waiting.paint(painter, self._theme)
            return
        if draws_vectors(painter):
            self._paint_vectors(painter)
            return
        prepared, ratio = self.compose(), self.devicePixelRatioF()
        frame = prepared.frame
        frame.setDevicePixelRatio(ratio)
        painter.setClipRegion(event.region())
        painter.drawImage(QPointF(0.0, 0.0), frame)
        painter.scale(1.0 / ratio, 1.0 / ratio)
        self._overlay.picture(prepared.layout).play(painter)

    def _paint_vectors(self, painter: QPainter) -> None:
        """The same into a file, not as an image."""
        snapshot, ratio = self._snapshot, self.devicePixelRatioF()
        assert snapshot is not None
        prepared = self.compose()  # first: it takes the scales from the newest values
        painter.scale(1.0 / ratio, 1.0 / ratio)
        prepared.paint_vectors(painter, snapshot.trace, self._scales)
        self._overlay.picture(prepared.layout).play(painter)
        self._composed = None
        self.update()

    def compose(self) -> FlowPainter:
        """Bring the picture up to the latest snapshot, for what is visible of the widget; returns what draws it."""
        prepared, snapshot, ratio = self._prepared(), self._snapshot, self.devicePixelRatioF()
        assert snapshot is not None
        shown = self.visibleRegion().boundingRect()
        if shown.isEmpty():
            shown = self.rect()
        visible = Rect(*(int(side * ratio) for side in (shown.x(), shown.y(), shown.width() + 2, shown.height() + 2)))
        if self._composed == visible:
            return prepared
        seen = (snapshot.run_id, snapshot.sequence)
        if self._seen != seen:
            self._seen = seen
            self._scales.update(prepared.gather(snapshot.trace), at_rest=snapshot.state is not RunState.TRAINING)
        prepared.frame.setDevicePixelRatio(1.0)  # it is drawn in device pixels
        prepared.compose(snapshot.trace, self._scales, visible)
        self._composed = visible
        return prepared
