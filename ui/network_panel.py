"""The controls of the network's shape: kernel size, conv blocks, filters, and what follows from them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.counting import counted
from playground.ranges import Range
from playground.settings import RANGES, Settings, feature_map_sizes, largest_kernel, most_blocks, parameter_counts
from ui.controls import CalmToolButton
from ui.icons import glyph_icon
from ui.number_control import NumberControl
from ui.number_format import grouped
from ui.panel import Panel
from ui.theme import Theme

__all__ = ["NetworkPanel"]

_QUIET_POINTS = 7.5


class NetworkPanel(Panel):
    """Kernel size, blocks and filters of each block; only what fits the images can be chosen.

    `architecture_changed(kernel_size, filters)` tells a change by the user; it starts a new network.
    """

    architecture_changed = Signal(int, object)
    frozen_changed = Signal(int)
    """So many conv blocks, from the first on, are to get no update."""

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Network", parent)
        settings = settings or Settings()
        self._settings = settings
        self._theme: Theme | None = None
        self._before: Settings | None = None  # the network before a change that nobody asked for
        self._why = ""
        self._wanted: int | None = None  # the kernel size that was chosen, where it does not fit
        self._quiet = self._muted_label("changes start anew")
        self.header.addWidget(self._quiet)
        self.undo = CalmToolButton()
        self.undo.setFixedSize(24, 20)
        self.undo.setIconSize(QSize(14, 14))
        self.undo.setAccessibleName("Undo the change of the network")
        self.undo.clicked.connect(self._undo)
        self.undo.hide()
        self.header.addWidget(self.undo)
        self.freeze = CalmToolButton()
        self.freeze.setCheckable(True)
        self.freeze.setFixedSize(24, 20)
        self.freeze.setIconSize(QSize(14, 14))
        self.freeze.setAccessibleName("Freeze the conv blocks")
        self.freeze.clicked.connect(self._on_freeze)
        self.header.addWidget(self.freeze)
        self.body.setSpacing(2)
        self.kernel_size = NumberControl(
            "&Kernel size k",
            RANGES["kernel_size"],
            settings.kernel_size,
            "Side of every filter in pixels. A change starts a new network.",
        )
        self.body.addWidget(self.kernel_size)
        self.blocks = NumberControl(
            "&Blocks",
            RANGES["blocks"],
            settings.blocks,
            "How many times conv, ReLU and pooling follow each other. A change starts a new network.",
        )
        self.body.addWidget(self.blocks)
        # below the control that adds them, so that it stays under the mouse
        self.filters = [self._filter_control() for _ in _allowed("blocks")]
        self._facts = self._fact_rows()
        self.kernel_size.value_changed.connect(self._on_kernel)
        self.blocks.value_changed.connect(self._on_blocks)
        for control in self.filters:
            control.value_changed.connect(self._tell)
        self.set_settings(settings)

    def _filter_control(self) -> NumberControl:
        control = NumberControl(
            "F&ilters",
            RANGES["filters"],
            4,
            "How many kernels the block learns; each makes one feature map. A change starts a new network.",
        )
        self.body.addWidget(control)
        return control

    def _muted_label(self, text: str = "") -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        font = label.font()
        font.setPointSizeF(_QUIET_POINTS)
        label.setFont(font)
        return label

    def _fact_rows(self) -> dict[str, QLabel]:
        facts = {name: self._muted_label() for name in ("layers", "output", "sizes", "parameters")}
        for left, right in (("output", "parameters"), ("sizes", "layers")):
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(facts[left])
            row.addStretch(1)
            row.addWidget(facts[right])
            self.body.addLayout(row)
        facts["sizes"].setToolTip("Side of the maps: the image, then after each convolution and each pooling")
        facts["parameters"].setToolTip("Numbers that training changes: conv blocks + dense layer, biases included")
        facts["layers"].setToolTip("Every block pools with 2 × 2 windows and keeps the largest value of each")
        facts["output"].setToolTip("Two classes: one sigmoid. More: softmax, one output a class")
        return facts

    def set_settings(self, settings: Settings) -> None:
        """Show the settings of a run, without telling anybody."""
        if (settings.kernel_size, settings.filters) != (self._settings.kernel_size, self._settings.filters):
            self._before = self._wanted = None
        self._settings = settings
        self.blocks.set_range_limit(most_blocks(settings.image_size))
        self.kernel_size.set_range_limit(largest_kernel(settings.image_size, settings.blocks))
        self.kernel_size.set_value(settings.kernel_size)
        self.blocks.set_value(settings.blocks)
        for block, control in enumerate(self.filters):
            if block < settings.blocks:
                control.set_value(settings.filters[block])
        self._show_filter_rows(settings.blocks)
        self._show_facts(settings)
        self._show_frozen(settings)
        self._show_header()

    def _show_header(self) -> None:
        """What is to be known of changes: that of the last one, what is frozen, or what a change does."""
        settings, before = self._settings, self._before
        frozen = "conv block 1 frozen" if settings.frozen == 1 else f"conv blocks 1 to {settings.frozen} frozen"
        usual = frozen if settings.frozen else "changes start anew"
        self._quiet.setText(usual if before is None else _difference(before, settings))
        self._quiet.setToolTip("" if before is None else f"{self._why}.")
        self.undo.setVisible(before is not None)
        if before is not None:
            tip = f"{self._why}. Undo: a new network with {_difference(settings, before)}"
            self.undo.setToolTip(tip)
            self.undo.setAccessibleDescription(tip)
        self._color_header()

    def _color_header(self) -> None:
        noted = self._before is not None
        self._quiet.setStyleSheet(f"color: {self._theme.warning};" if noted and self._theme is not None else "")

    def _show_frozen(self, settings: Settings) -> None:
        frozen = settings.frozen
        self.freeze.setChecked(bool(frozen))
        self.freeze.setVisible(not settings.dataset.startswith("blackboard"))
        blocks = "block 1" if frozen == 1 else f"blocks 1 to {frozen}"
        tip = (
            f"Conv {blocks} get no update; press to train them again"
            if frozen
            else "Freeze the conv blocks: their weights stay, only the dense layer learns"
        )
        self.freeze.setToolTip(tip)

    def _on_freeze(self, checked: bool) -> None:
        self.frozen_changed.emit(self._settings.blocks if checked else 0)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for control in (self.kernel_size, self.blocks, *self.filters):
            control.set_theme(theme)
        self.freeze.setIcon(glyph_icon("lock", theme.text, theme.muted))
        self.undo.setIcon(glyph_icon("undo", theme.text, theme.muted))
        self._theme = theme
        self._color_header()

    def _show_filter_rows(self, blocks: int) -> None:
        for block, control in enumerate(self.filters):
            control.setVisible(block < blocks)
            name = f"Filters {block + 1}" if block else "F&ilters" if blocks == 1 else "F&ilters 1"
            control.set_label(name)

    def _show_facts(self, settings: Settings) -> None:
        sides = [settings.image_size]
        for sizes in feature_map_sizes(settings.image_size, settings.kernel_size, settings.blocks):
            sides.extend(sizes)
        conv, dense = map(grouped, parameter_counts(settings))
        self._facts["layers"].setText("Pool 2 × 2 max")
        activation = "sigmoid" if settings.outputs == 1 else "softmax"
        self._facts["output"].setText(f"Output {activation} · {settings.outputs}")
        self._facts["sizes"].setText("\u2009→\u2009".join(str(side) for side in sides))
        self._facts["parameters"].setText(f"{conv} + {dense} parameters")
        self._facts["parameters"].setAccessibleName(f"{conv} conv and {dense} dense parameters")

    def _on_kernel(self, _size: object) -> None:
        self._wanted = None
        self._tell()

    def _on_blocks(self, blocks: int) -> None:
        for block in range(self._settings.blocks, blocks):
            # twice the maps on half the side is what such networks usually do
            before = self.filters[block - 1].value
            self.filters[block].set_value(min(2 * before, RANGES["filters"].maximum))
        self._tell()

    def _tell(self) -> None:
        blocks = int(self.blocks.value)
        # more blocks leave smaller maps: a kernel that no longer fits becomes the largest that does
        wanted = int(self.kernel_size.value) if self._wanted is None else self._wanted
        kernel_size = min(wanted, largest_kernel(self._settings.image_size, blocks))
        filters = tuple(int(control.value) for control in self.filters[:blocks])
        before, after = self._settings, self._settings.changed(kernel_size=kernel_size, filters=filters)
        self.set_settings(after)
        if kernel_size < wanted:
            self._wanted = wanted
            image = f"{after.image_size}×{after.image_size}"
            if kernel_size != before.kernel_size:
                self.note_change(before, f"A kernel of {wanted} does not fit {blocks} blocks on {image}")
        self.architecture_changed.emit(kernel_size, filters)

    def choose_blocks(self, blocks: int) -> None:
        """Ask for a network of so many conv blocks, as if they had been chosen here."""
        self.blocks.set_value(blocks)
        self._on_blocks(blocks)

    def note_change(self, before: Settings, why: str) -> None:
        """Say beside the controls in what the network differs from the one before, if it does: nobody asked for it."""
        if _difference(before, self._settings):
            self._before, self._why = before, why
            self._show_header()

    def _undo(self) -> None:
        """Ask for the network from before the change that is noted, on the present images."""
        before = self._before
        if before is None:
            return
        self._before = self._wanted = None
        kernel_size = min(before.kernel_size, largest_kernel(self._settings.image_size, before.blocks))
        self.set_settings(self._settings.changed(kernel_size=kernel_size, filters=before.filters))
        self.architecture_changed.emit(kernel_size, before.filters)


def _allowed(name: str) -> range:
    allowed: Range = RANGES[name]
    return range(int(allowed.minimum), int(allowed.maximum) + 1)


def _difference(before: Settings, after: Settings) -> str:
    """In what two networks differ, in few words: "k 5 → 3, 1 → 2 blocks"."""
    found = []
    if before.kernel_size != after.kernel_size:
        found.append(f"k {before.kernel_size} → {after.kernel_size}")
    if before.blocks != after.blocks:
        found.append(f"{before.blocks} → {counted(after.blocks, 'block')}")
    elif before.filters != after.filters:
        found.append(f"filters {'+'.join(map(str, before.filters))} → {'+'.join(map(str, after.filters))}")
    return ", ".join(found)
