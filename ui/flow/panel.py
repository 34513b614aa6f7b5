"""The panel around the flow view: sample, choices of what is shown, the line that reads the cell under the mouse."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QWidget

from playground.counting import counted
from playground.edits import Edit
from playground.sample_ref import DrawnSample, SampleRef
from playground.snapshot import RunState, Snapshot
from ui.cell_ref import CellRef
from ui.controls import CalmComboBox, CalmToolButton
from ui.elided_label import ElidedLabel
from ui.explain.linker import CellLinker, Spotlight
from ui.explain.strip import ExplanationStrip, LinkCounts
from ui.flow.heatmap import ScaleRule
from ui.flow.marks import Mark
from ui.flow.page_links import PageLinks
from ui.flow.view import FlowView
from ui.icons import glyph_icon
from ui.number_format import DECIMAL_CHOICES, class_words, display_index, display_name, grouped, plain_number
from ui.panel import Panel
from ui.theme import DARK, Theme

__all__ = ["FlowPanel"]

_SCALES = (
    (ScaleRule.SMOOTH, "smooth", "The largest magnitude of each array, falling back slowly"),
    (ScaleRule.FRAME, "this frame", "Each array by itself, from its largest magnitude in this step"),
    (ScaleRule.LAYER, "per layer", "A layer's values share a scale; so do its gradients, its w and b, their gradients"),
    (ScaleRule.LOCKED, "locked", "The scales of this moment are kept"),
)  # fmt: skip


_TITLE, _SHORT_TITLE = "Forward and backward pass", "Both passes"
_ROOM_FOR_TITLE = 640  # less width belongs to the words on the sample


class _FlowScroll(QScrollArea):
    """Tells the view how much room there is, so that a fold and a scroll bar do not bring each other about."""

    def __init__(self, view: FlowView) -> None:
        super().__init__()
        self._view = view
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the view takes the keys
        self.setWidget(view)
        self.setMinimumHeight(120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room."""
        self._view.set_room(self.maximumViewportSize(), self.verticalScrollBar().sizeHint().width())
        super().resizeEvent(event)


class FlowPanel(Panel):
    """`view` is the FlowView; `linker` knows the cell that is pointed at and the pinned ones, for other views too."""

    cell_edited = Signal(object, str, object, float)
    """SampleRef of the shown image, name of the array, index of the cell, the number typed into it."""
    label_edited = Signal(object, int)
    """SampleRef of the shown image and the class chosen for it."""
    decimals_chosen = Signal(int)
    """Decimals of the numbers from now on."""
    undo_edit_requested = Signal()
    """The newest edit is to be taken back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TITLE, parent)
        self.view = FlowView()
        self.linker = CellLinker(self)
        self._theme = DARK
        self.sample_label = ElidedLabel()
        self.sample_label.setObjectName("muted")
        self.all_filters = QCheckBox("All filter&s")
        self.all_filters.setToolTip("Show the maps of all filters as a mosaic instead of the chosen filter")
        self.scale = CalmComboBox()
        self.scale.setAccessibleName("Colour scale")
        for position, (rule, text, tip) in enumerate(_SCALES):
            self.scale.addItem(text, rule)
            self.scale.setItemData(position, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale.setToolTip("Colour scale: which value gets the strongest colour. " + _SCALES[0][2] + ".")
        self.decimals = CalmComboBox()
        self.decimals.setAccessibleName("Decimals")
        self.decimals.setToolTip("Decimals of the numbers")
        for count in DECIMAL_CHOICES:
            self.decimals.addItem(f"{count} dec.", count)
        self.decimals.setCurrentIndex(DECIMAL_CHOICES.index(4))
        self.undo_edit = CalmToolButton()
        self.undo_edit.setAccessibleName("Undo the last edit")
        self.undo_edit.setFixedSize(26, 22)
        self.undo_edit.setIconSize(QSize(15, 15))
        self.undo_edit.hide()
        self.strip = ExplanationStrip()
        for box in (self.scale, self.decimals):
            widest = max(box.fontMetrics().horizontalAdvance(box.itemText(row)) for row in range(box.count()))
            box.setFixedWidth(widest + 30)  # Fusion asks for 40 px more than the text needs
        self._told: tuple[object, ...] = ()  # what the words above the picture were written for
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.header.takeAt(self.header.count() - 1)  # the sample takes the place of the stretch
        self.header.addWidget(self.sample_label, 1)
        for widget in (self.undo_edit, self.all_filters, self.scale, self.decimals):
            self.header.addWidget(widget)
        self.scroll_area = _FlowScroll(self.view)
        self.links = PageLinks(self.view, self.scroll_area)
        self.body.addWidget(self.scroll_area, 1)
        self.body.addWidget(self.strip)

    def _connect(self) -> None:
        self.all_filters.toggled.connect(self.view.set_all_filters)
        self.scale.currentIndexChanged.connect(self._scale_chosen)
        self.decimals.currentIndexChanged.connect(self._decimals_chosen)
        self.undo_edit.clicked.connect(self.undo_edit_requested)
        self.view.editing.cell_edited.connect(self._cell_edited)
        self.view.editing.label_edited.connect(self._label_edited)
        self.view.cell_hovered.connect(self._cell_hovered)
        self.view.cell_clicked.connect(self.linker.click)
        self.view.cell_kept.connect(self.linker.toggle_pin)
        self.view.dismissed.connect(self._unpin)
        self.view.layout_changed.connect(self.links.follow)
        self.view.layout_changed.connect(self._show_links)
        self.linker.spotlight_changed.connect(self._show_links)
        self.linker.pins_changed.connect(self._show_pins)
        self.linker.followed.connect(self.show_cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A shorter title in less width."""
        self.set_title(_TITLE if self.width() >= _ROOM_FOR_TITLE else _SHORT_TITLE)
        super().resizeEvent(event)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the trace of a snapshot and say which sample it is."""
        self.linker.show_snapshot(snapshot)  # first: the view may tell that it has no cell any more
        self.view.show_snapshot(snapshot)
        self.links.follow()
        difference = snapshot.difference
        told = (
            snapshot.sample,
            snapshot.class_names,
            int(snapshot.trace.y[0]),
            snapshot.sample_edited,
            snapshot.edits,
            difference and difference.step,
            snapshot.step if snapshot.edits or difference else 0,
            snapshot.state,
        )
        if told != self._told:  # while it trains, one is as the other
            self._told = told
            self._tell(snapshot)

    def _tell(self, snapshot: Snapshot) -> None:
        """Say which sample it is, of what moments, and what can be undone."""
        label = int(snapshot.trace.y[0])
        name = snapshot.class_names[label]
        edited = ""
        if snapshot.sample_edited:
            learns = ": this run trains on it so" if snapshot.sample.split == "train" else ""
            edited = f"edited{learns} · "
        text, words = _sample_texts(snapshot.sample, name, label, edited)
        if snapshot.difference is not None:
            moments = f"step {grouped(snapshot.step)} − step {grouped(snapshot.difference.step)}"
            words = (f"B − A = {moments} · {text}", f"B − A = {moments}", "B − A")
        if words[0] != self.sample_label.full_text():
            self.sample_label.show_text(*words)
        self._mark_difference(snapshot.difference is not None)
        self.strip.explain_later_of_two(snapshot.difference is not None)
        self._show_edits(snapshot)

    def _mark_difference(self, marked: bool) -> None:
        """Numbers that are no values of the network are said to be none."""
        sheet = f"QLabel {{ color: {self._theme.warning}; font-weight: bold; }}" if marked else ""  # not the tooltip
        if sheet != self.sample_label.styleSheet():
            self.sample_label.setStyleSheet(sheet)

    def _show_edits(self, snapshot: Snapshot) -> None:
        """The button that takes the newest edit back; it has room while there is one."""
        self.undo_edit.setVisible(bool(snapshot.edits))
        if not snapshot.edits:
            return
        paused = snapshot.state is RunState.PAUSED
        tip = undo_text(snapshot.edits, snapshot.step) if paused else "Pause to undo edits."
        self.undo_edit.setEnabled(paused)
        if tip != self.undo_edit.toolTip():
            self.undo_edit.setToolTip(tip)
            self.undo_edit.setAccessibleDescription(tip)

    @Slot(object, float)
    def _cell_edited(self, cell: CellRef, value: float) -> None:
        if self.view.snapshot:
            self.cell_edited.emit(self.view.snapshot.sample, cell.name, cell.index, value)

    @Slot(int)
    def _label_edited(self, label: int) -> None:
        if self.view.snapshot:
            self.label_edited.emit(self.view.snapshot.sample, label)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._theme = theme
        self.undo_edit.setIcon(glyph_icon("undo", theme.text, theme.muted))
        self._mark_difference(self.view.snapshot is not None and self.view.snapshot.difference is not None)
        self.view.set_theme(theme)
        self.strip.set_theme(theme)
        self._show_links()
        self.scroll_area.viewport().setAutoFillBackground(False)

    def needed_height(self) -> int:
        """Of the panel in which the whole picture is seen, as wide as it is now."""
        return self.minimumSizeHint().height() - self.scroll_area.minimumHeight() + self.view.minimumSizeHint().height()

    @Slot(object, object)
    def light_up(self, names: Collection[str] | None, glowing: Collection[str] = ()) -> None:
        """Dim every array but these, let some glow, and turn to where these are; None dims nothing."""
        self.view.light_up(names, glowing)
        meant = list(glowing or names or ())
        if meant:
            self.links.bring(meant[0] if glowing else meant[-1])

    @Slot(str)
    def show_array(self, name: str) -> None:
        """Bring the tile of an array into view and frame it."""
        place = self.view.emphasize(name)
        if not place.isEmpty():
            center = place.center()
            self.scroll_area.ensureVisible(center.x(), center.y(), place.width() // 2 + 12, place.height() // 2 + 12)

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
        self.strip.set_decimals(DECIMAL_CHOICES[position])
        self.decimals_chosen.emit(DECIMAL_CHOICES[position])

    @Slot(object)
    def show_cell(self, cell: CellRef) -> None:
        """Bring a cell into view, choosing its filter if another is shown."""
        self._scroll_to(self.view.reveal(cell))

    @Slot(str)
    def point_at_array(self, name: str) -> None:
        """Frame the tile of an array while it is pointed at elsewhere; "" for none."""
        self.view.emphasize(name or None)

    @Slot(object)
    def point_at_cell(self, cell: CellRef | None) -> None:
        """Outline a cell that is pointed at elsewhere, with what makes it and what is made from it; None for none."""
        self._highlight(cell or self.linker.stood)
        self.linker.point_at(cell)

    def _highlight(self, cell: CellRef | None) -> None:
        self.view.set_highlights({cell.name: [cell.index]} if cell else {}, self._theme.selection)

    @Slot(object)
    def stand_at(self, cell: CellRef | None) -> None:
        """Outline a cell that a stepper has come to, with what makes it, while none is pointed at; None for none."""
        if cell:
            self.show_cell(cell)
        self._highlight(cell)
        self.linker.stand_at(cell)

    @Slot(object)
    def edit_cell(self, cell: CellRef) -> None:
        """Open the editor of a cell that was asked for elsewhere, if it may be changed."""
        self.show_cell(cell)
        self.view.editing.begin(cell)

    @Slot()
    def pin_cell(self) -> None:
        """Pin the cell that is pointed at, or take its pin away."""
        if self.linker.hovered:
            self.linker.toggle_pin(self.linker.hovered)

    @Slot(object)
    def _cell_hovered(self, cell: CellRef | None) -> None:
        self.linker.hover(cell)
        if cell and self.view.hasFocus():
            self._scroll_to(self.view.place_of(cell))

    def _scroll_to(self, place: QRect) -> None:
        if not place.isEmpty():
            self.scroll_area.ensureVisible(place.center().x(), place.center().y(), 24, 24)

    @Slot()
    def _unpin(self) -> None:
        """Esc takes away the pin of the cell pointed at, else the one that is looked at."""
        pin = next((pin for pin in self.linker.pins if pin.ref == self.linker.hovered), None)
        self.linker.unpin(pin)

    @Slot()
    def _show_pins(self) -> None:
        self.view.set_pinned([pin.ref for pin in self.linker.pins])

    @Slot()
    def _show_links(self) -> None:
        """Outline what the cell is made from and what is made from it, and spell its sum."""
        light = self.linker.spotlight()
        marks = _marks(light, self._theme) if light else []
        shown = self.view.set_marks(marks)
        counts = None
        if light:
            of_sources = len(light.sources)
            counts = LinkCounts(
                sum(len(rows) for _, rows in light.sources),
                sum(shown[:of_sources]),
                sum(len(rows) for _, rows in light.readers),
                sum(shown[of_sources:]),
            )
        self.strip.show_spotlight(light, counts, pinned=bool(light and self.linker.is_pinned(light.ref)))


def _sample_texts(sample: SampleRef, name: str, label: int, edited: str) -> tuple[str, tuple[str, ...]]:
    """Which image it is, and its class; and whose numbers these are, in fewer and fewer words.

    Of a drawing it is also said who gave it its class. edited: what is said before of an image changed by hand.
    """
    shown = sample.words
    if isinstance(sample, DrawnSample):
        said = f"you chose {name}" if sample.is_chosen else name
        short = f"{shown} · label: {said} (y = {label})"
        text = short if sample.is_chosen else f"{short}, as first answered"
        return text, (text, short, f"{shown}: {said}", f"{shown}: {name}")
    named, which = class_words(name), sample.in_full
    kept_out = "" if sample.split == "train" else ", kept out of training"
    text = f"{edited}{which}{kept_out} · {named} (y = {label})"
    short = "" if sample.split == "train" else ", not trained on"
    return text, (
        f"of one image alone: {text}",
        f"of {edited}{which}{short} · {named} (y = {label})",
        f"{which}{short} · {named}",
        f"{which} · {named}",
        f"{shown} · {named}",
    )


def undo_text(edits: Sequence[Edit], step: int) -> str:
    """What taking back the newest of some edits does at a step, and how many more there are."""
    newest = edits[-1]
    cell = f"{display_name(newest.name)}{display_index(newest.index)}"
    of = f" of {newest.sample.words}" if newest.sample else ""
    steps = step - newest.step if newest.sample is None else 0
    since = f", without what {counted(steps, 'step')} changed of it since" if steps else ""
    more = f"; {len(edits) - 1} more before it" if len(edits) > 1 else ""
    return f"Undo the last edit: {cell}{of} goes back to {plain_number(newest.before)}{since}{more}. Reset undoes all."


def _marks(light: Spotlight, theme: Theme) -> list[Mark]:
    sources = [Mark(name, rows, theme.source) for name, rows in light.sources]
    return sources + [Mark(name, rows, theme.reader) for name, rows in light.readers]
