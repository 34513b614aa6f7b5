"""The controls of the network's shape: kernel size, conv blocks, filters, and what follows from them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.ranges import Range
from playground.settings import RANGES, Settings, feature_map_sizes, parameter_counts
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
        self._quiet = self._muted_label("changes start anew")
        self.header.addWidget(self._quiet)
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
        self.kernel_size.value_changed.connect(self._tell)
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
        self._settings = settings
        self.blocks.set_range_limit(_most_blocks(settings.image_size))
        self.kernel_size.set_range_limit(_largest_kernel(settings.image_size, settings.blocks))
        self.kernel_size.set_value(settings.kernel_size)
        self.blocks.set_value(settings.blocks)
        for block, control in enumerate(self.filters):
            if block < settings.blocks:
                control.set_value(settings.filters[block])
        self._show_filter_rows(settings.blocks)
        self._show_facts(settings)
        self._show_frozen(settings)

    def _show_frozen(self, settings: Settings) -> None:
        frozen = settings.frozen
        self.freeze.setChecked(bool(frozen))
        self.freeze.setVisible(not settings.dataset.startswith("blackboard"))
        blocks = "block 1" if frozen == 1 else f"blocks 1 to {frozen}"
        self._quiet.setText(f"conv {blocks} frozen" if frozen else "changes start anew")
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

    def _on_blocks(self, blocks: int) -> None:
        for block in range(self._settings.blocks, blocks):
            # twice the maps on half the side is what such networks usually do
            before = self.filters[block - 1].value
            self.filters[block].set_value(min(2 * before, RANGES["filters"].maximum))
        self._tell()

    def _tell(self) -> None:
        blocks = int(self.blocks.value)
        # more blocks leave smaller maps: a kernel that no longer fits becomes the largest that does
        kernel_size = min(int(self.kernel_size.value), _largest_kernel(self._settings.image_size, blocks))
        filters = tuple(int(control.value) for control in self.filters[:blocks])
        self.set_settings(self._settings.changed(kernel_size=kernel_size, filters=filters))
        self.architecture_changed.emit(kernel_size, filters)


def _fits(image_size: int, kernel_size: int, blocks: int) -> bool:
    return len(feature_map_sizes(image_size, kernel_size, blocks)) == blocks


def _allowed(name: str) -> range:
    allowed: Range = RANGES[name]
    return range(int(allowed.minimum), int(allowed.maximum) + 1)


def _largest_kernel(image_size: int, blocks: int) -> int:
    return max(size for size in _allowed("kernel_size") if _fits(image_size, size, blocks))


def _most_blocks(image_size: int) -> int:
    return max(blocks for blocks in _allowed("blocks") if _fits(image_size, int(RANGES["kernel_size"].minimum), blocks))
