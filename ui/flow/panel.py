"""The panel around the flow view: sample, choices of what is shown, the line that reads the cell under the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from playground.snapshot import Snapshot
from ui.flow.heatmap import ScaleRule
from ui.flow.text import CellRef
from ui.flow.view import FlowView
from ui.number_format import DECIMAL_CHOICES
from ui.panel import Panel
from ui.theme import Theme, number_font

__all__ = ["CellRef", "FlowPanel", "FlowView"]

_HINT = "Point at a cell to read it · click a filter to show it · arrow keys walk"
_SCALES = (
    (ScaleRule.SMOOTH, "smooth", "The largest magnitude of each array, falling back slowly"),
    (ScaleRule.FRAME, "this frame", "Each array by itself, from its largest magnitude in this step"),
    (ScaleRule.LAYER, "per layer", "A layer's values share a scale; so do its gradients, its w and b, their gradients"),
    (ScaleRule.LOCKED, "locked", "The scales of this moment are kept"),
)  # fmt: skip


class _ElidedLabel(QLabel):
    """A line of text that takes the room it gets, ends in … if that is too little, and then has a tooltip."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._full = text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Replace the text."""
        self._full = text
        elided = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        if elided != self.text():
            self.setText(elided)
            self.setToolTip(text if elided != text else "")

    def full_text(self) -> str:
        """The text as it was given."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the text."""
        super().resizeEvent(event)
        self.show_text(self._full)


class FlowPanel(Panel):
    """`view` is the FlowView; its signals are the panel's to pass on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Forward and backward pass", parent)
        self.view = FlowView()
        self.sample_label = _ElidedLabel()
        self.sample_label.setObjectName("muted")
        self.all_filters = QCheckBox("All &filters")
        self.all_filters.setToolTip("Show the maps of all filters as a mosaic instead of the chosen filter")
        self.scale = QComboBox()
        self.scale.setAccessibleName("Colour scale")
        for position, (rule, text, tip) in enumerate(_SCALES):
            self.scale.addItem(text, rule)
            self.scale.setItemData(position, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale.setToolTip("Colour scale: which value gets the strongest colour. " + _SCALES[0][2] + ".")
        self.decimals = QComboBox()
        self.decimals.setAccessibleName("Decimals")
        self.decimals.setToolTip("Decimals of the numbers")
        for count in DECIMAL_CHOICES:
            self.decimals.addItem(f"{count} dec.", count)
        self.decimals.setCurrentIndex(DECIMAL_CHOICES.index(4))
        self.reading = _ElidedLabel(_HINT)
        self.reading.setFont(number_font(9))
        for box in (self.scale, self.decimals):
            widest = max(box.fontMetrics().horizontalAdvance(box.itemText(row)) for row in range(box.count()))
            box.setFixedWidth(widest + 30)  # Fusion asks for 40 px more than the text needs
        self._cell: CellRef | None = None
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.header.takeAt(self.header.count() - 1)  # the sample takes the place of the stretch
        self.header.addWidget(self.sample_label, 1)
        for widget in (self.all_filters, self.scale, self.decimals):
            self.header.addWidget(widget)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the view takes the keys
        self.scroll.setWidget(self.view)
        self.scroll.setMinimumHeight(120)
        self.body.addWidget(self.scroll, 1)
        self.body.addWidget(self.reading)
        QWidget.setTabOrder(self.all_filters, self.scale)
        QWidget.setTabOrder(self.scale, self.decimals)
        QWidget.setTabOrder(self.decimals, self.view)

    def _connect(self) -> None:
        self.all_filters.toggled.connect(self.view.set_all_filters)
        self.scale.currentIndexChanged.connect(self._scale_chosen)
        self.decimals.currentIndexChanged.connect(self._decimals_chosen)
        self.view.cell_hovered.connect(self._cell_hovered)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the trace of a snapshot and say which sample it is."""
        self.view.show_snapshot(snapshot)
        label = int(snapshot.trace.y[0])
        shown = f"{snapshot.sample.split} {snapshot.sample.index:,}".replace(",", "\u202f")
        text = f"{shown} · class {snapshot.class_names[label]} (y = {label})"
        if text != self.sample_label.full_text():
            self.sample_label.show_text(text)
        if self._cell:
            self._read()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self.view.set_theme(theme)
        self.scroll.viewport().setAutoFillBackground(False)

    @Slot(str)
    def show_array(self, name: str) -> None:
        """Bring the tile of an array into view and frame it."""
        place = self.view.emphasize(name)
        if not place.isEmpty():
            center = place.center()
            self.scroll.ensureVisible(center.x(), center.y(), place.width() // 2 + 12, place.height() // 2 + 12)

    def set_scale_rule(self, rule: ScaleRule) -> None:
        """Choose the colour scale, as the box in the header does."""
        self.scale.setCurrentIndex([known for known, *_ in _SCALES].index(rule))

    def set_decimals(self, decimals: int) -> None:
        """Choose the decimals, as the box in the header does."""
        self.decimals.setCurrentIndex(DECIMAL_CHOICES.index(decimals))

    @Slot(int)
    def _scale_chosen(self, position: int) -> None:
        rule, _, tip = _SCALES[position]
        self.view.set_scale_rule(rule)
        self.scale.setToolTip(f"Colour scale: which value gets the strongest colour. {tip}.")

    @Slot(int)
    def _decimals_chosen(self, position: int) -> None:
        self.view.set_decimals(DECIMAL_CHOICES[position])

    @Slot(object)
    def _cell_hovered(self, cell: CellRef | None) -> None:
        self._cell = cell
        if cell is None:
            self.reading.show_text(_HINT)
            return
        self._read()
        place = self.view.place_of(cell)
        if self.view.hasFocus() and not place.isEmpty():
            self.scroll.ensureVisible(place.center().x(), place.center().y(), 24, 24)

    def _read(self) -> None:
        if self._cell:
            self.reading.show_text(self.view.describe(self._cell))
