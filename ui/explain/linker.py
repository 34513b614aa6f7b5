"""The one home of what is pointed at: the cell under the mouse, the pinned cells, and where their numbers come from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.explain import Explanation, dependents, explain
from core.trace import Trace
from playground.notation.rules import is_parameter
from playground.settings import Settings
from playground.snapshot import Snapshot
from ui.cell_ref import CellRef, cell_value

__all__ = ["MOST_PINS", "RECENT", "CellLinker", "Pin", "Spotlight"]

MOST_PINS = 6
RECENT = 120
"""Frames that a pin remembers."""

_MOST_WAITING = 8
"""Networks whose pins wait for them."""

Network = tuple[object, ...]
"""What makes a cell the same one: data, classes and the network's shape."""
Cells = tuple[tuple[str, NDArray[np.intp]], ...]


@dataclass(frozen=True, eq=False)
class Spotlight:
    """One cell with its explanation; `sources` and `readers` as (array, (n, axes) without the batch axis)."""

    ref: CellRef
    trace: Trace
    found: Explanation
    sources: Cells
    readers: Cells


@dataclass(eq=False)
class Pin:
    """A cell that stays: its present value (None if the network has no such cell), its recent ones, where it was."""

    ref: CellRef
    value: float | None = None
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    back: list[CellRef] = field(default_factory=list)
    forward: list[CellRef] = field(default_factory=list)

    def turn(self, ref: CellRef) -> None:
        """Mean another cell from now on."""
        self.ref, self.value = ref, None
        self.recent.clear()


class CellLinker(QObject):
    """Which cell is pointed at and which are pinned, with explanations that follow the newest snapshot.

    A pin is bound to an array and an index, never to a value: it lives through training, resets and other samples. The
    pins of other data or another network are others: they wait until that network is shown again. Explanations are made
    when a view asks for them.
    """

    spotlight_changed = Signal()
    """The strip and the outlines have something else to say: another cell, or newer numbers."""
    subject_changed = Signal()
    """Another cell is the one whose terms are listed."""
    pins_changed = Signal()
    """Pins were added, removed or turned to another cell."""
    values_changed = Signal()
    """Newer numbers for the subject and the pins."""
    followed = Signal(object)
    """A reader went to this CellRef through a term."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._hovered: CellRef | None = None
        self._last_hovered: CellRef | None = None
        self._stood: CellRef | None = None
        self._pointed: CellRef | None = None
        self._pins: list[Pin] = []
        self._active: Pin | None = None
        self._passing: Pin | None = None  # that of the last click, which the next one replaces
        self._made: dict[CellRef, Spotlight | None] = {}
        self._readers: tuple[object, CellRef, Cells] | None = None
        self._recorded: tuple[object, ...] = ()
        self._run: tuple[int, Network] | None = None
        self._waiting: dict[Network, tuple[list[Pin], Pin | None]] = {}

    # --- what is meant ---------------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot."""
        return self._snapshot

    @property
    def hovered(self) -> CellRef | None:
        """The cell under the mouse or the keyboard's cell."""
        return self._hovered

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pinned cells, oldest first."""
        return tuple(self._pins)

    @property
    def active(self) -> Pin | None:
        """The pin that is looked at."""
        return self._active

    @property
    def subject(self) -> CellRef | None:
        """The cell whose terms are listed: the active pin, else the cell pointed at last."""
        return self._active.ref if self._active else self._last_hovered

    def is_pinned(self, ref: CellRef) -> bool:
        """Whether a pin means this cell."""
        return any(pin.ref == ref for pin in self._pins)

    def spotlight(self) -> Spotlight | None:
        """The explanation of the cell pointed at, else of where the stepper stands, else of the active pin."""
        ref = self._hovered or self._pointed or self._stood or (self._active.ref if self._active else None)
        return self.explanation(ref) if ref else None

    def explanation(self, ref: CellRef) -> Spotlight | None:
        """Any cell explained by the newest snapshot, made once a snapshot; None if the network has no such cell."""
        if ref not in self._made:
            self._made[ref] = self._explain(ref)
        return self._made[ref]

    def _explain(self, ref: CellRef) -> Spotlight | None:
        trace = self._snapshot.trace if self._snapshot else None
        if trace is None or not _exists(trace, ref):
            return None
        index = ref.array_index
        found = explain(trace, ref.name, index)
        return Spotlight(ref, trace, found, _without_batch(found.sources_by_array), self._readers_of(ref, trace))

    def _readers_of(self, ref: CellRef, trace: Trace) -> Cells:
        """What reads a cell: in all snapshots of a run the same, whatever the numbers, as long as the label is."""
        assert self._snapshot is not None
        network = (self._snapshot.run_id, trace.activation, trace.y.tobytes())
        if self._readers is None or self._readers[:2] != (network, ref):
            cells = _without_batch(dependents(trace, ref.name, ref.array_index))
            self._readers = (network, ref, cells)
        return self._readers[2]

    # --- what the reader does --------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the newest numbers, if a cell is pointed at or pinned, in the frame that shows them in the flow."""
        run = snapshot.run_id, _network_of(snapshot.settings)
        self._snapshot = snapshot
        self._made.clear()
        if run != self._run:
            self._begin_run(*run)
        self._record(snapshot)
        if self._pins or self.subject or self._stood or self._pointed:
            self.spotlight_changed.emit()
            self.values_changed.emit()

    def _begin_run(self, run_id: int, network: Network) -> None:
        """Have the pins of this network, whose recent values are those of this run."""
        before = None if self._run is None else self._run[1]
        self._run = run_id, network
        if before is not None and before != network:
            self._waiting.pop(before, None)
            if self._pins:
                self._waiting[before] = self._pins, self._active
            self._hovered = self._last_hovered = self._pointed = None
            self._pins, active = self._waiting.pop(network, ([], None))
            while len(self._waiting) > _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            for pin in self._pins:
                pin.value = None
            self._active = active
            self.pins_changed.emit()
            self.spotlight_changed.emit()
            self.subject_changed.emit()
        for pin in self._pins:
            pin.recent.clear()

    def hover(self, ref: CellRef | None) -> None:
        """Point at a cell, or at none; told at once."""
        if ref == self._hovered:
            return
        self._hovered = ref
        turned = ref is not None and not self._active
        if ref is not None:
            self._last_hovered = ref
        self.spotlight_changed.emit()
        if turned:
            self.subject_changed.emit()

    @property
    def stood(self) -> CellRef | None:
        """The cell that a stepper has come to."""
        return self._stood

    def point_at(self, ref: CellRef | None) -> None:
        """Explain this cell while it is pointed at in a list or a picture beside the flow; None: no more."""
        if ref != self._pointed:
            self._pointed = ref
            self.spotlight_changed.emit()

    def stand_at(self, ref: CellRef | None) -> None:
        """Explain this cell while none is pointed at: a stepper has come to it. None: it has left."""
        if ref != self._stood:
            self._stood = ref
            self.spotlight_changed.emit()

    def click(self, ref: CellRef) -> None:
        """Pin a cell in the place of the one that was clicked before, or take its pin away."""
        if self.is_pinned(ref):
            self._let_go(ref)
            return
        pin = Pin(ref)
        self._pins = [*(other for other in self._pins if other is not self._passing), pin][-MOST_PINS:]
        self._passing = pin
        self._activate(pin)

    def toggle_pin(self, ref: CellRef) -> None:
        """Pin one cell more, beside what was clicked before, or take its pin away; a seventh replaces the oldest.

        A cell that was only clicked stays pinned from now on.
        """
        passing, self._passing = self._passing, None
        if passing in self._pins and passing is not None and passing.ref == ref:
            return
        if self.is_pinned(ref):
            self._let_go(ref)
            return
        pin = Pin(ref)
        self._pins = [*self._pins, pin][-MOST_PINS:]
        self._activate(pin)

    def _let_go(self, ref: CellRef) -> None:
        self.unpin(next(pin for pin in self._pins if pin.ref == ref))

    def unpin(self, pin: Pin | None = None) -> None:
        """Take a pin away, the active one if none is named; the newest that is left becomes active."""
        pin = pin or self._active
        if pin not in self._pins:
            return
        self._pins.remove(pin)
        self._activate(self._active if self._active in self._pins else (self._pins[-1] if self._pins else None))

    def activate(self, pin: Pin) -> None:
        """Look at one of the pins."""
        if pin in self._pins and pin is not self._active:
            self._activate(pin)

    def follow(self, ref: CellRef) -> None:
        """Go to the cell of a factor: the active pin turns to it and remembers the way back."""
        origin = self.subject
        if ref == origin:
            return
        if self._active is None:
            self._active = self._passing = Pin(ref)
            self._pins = [*self._pins, self._active][-MOST_PINS:]
        pin = self._active
        if origin is not None:
            pin.back.append(origin)
        pin.forward.clear()
        self._turn(pin, ref)

    def go_back(self) -> None:
        """Return to the cell before the last `follow`."""
        pin = self._active
        if pin and pin.back:
            pin.forward.append(pin.ref)
            self._turn(pin, pin.back.pop())

    def go_forward(self) -> None:
        """Take back a `go_back`."""
        pin = self._active
        if pin and pin.forward:
            pin.back.append(pin.ref)
            self._turn(pin, pin.forward.pop())

    def _turn(self, pin: Pin, ref: CellRef) -> None:
        pin.turn(ref)
        self._activate(pin)
        self.followed.emit(ref)

    def _activate(self, pin: Pin | None) -> None:
        self._active = pin
        if pin and not pin.recent:
            self._record_pin(pin)
        self.pins_changed.emit()
        self.spotlight_changed.emit()
        self.subject_changed.emit()

    # --- numbers over time -----------------------------------------------------------------------------------------

    def _record(self, snapshot: Snapshot) -> None:
        """Keep the value of each pin: one a step, or when an edit or another sample changed it while paused."""
        moment = (snapshot.run_id, snapshot.step)
        for pin in self._pins:
            before = pin.value
            pin.value = self.value_of(pin.ref)
            if pin.value is not None and (moment != self._recorded or pin.value != before):
                pin.recent.append(pin.value)
        self._recorded = moment

    def _record_pin(self, pin: Pin) -> None:
        pin.value = self.value_of(pin.ref)
        if pin.value is not None:
            pin.recent.append(pin.value)

    def value_of(self, ref: CellRef) -> float | None:
        """The engine's number in a cell; None if the network has no such cell."""
        trace = self._snapshot.trace if self._snapshot else None
        return cell_value(trace, ref) if trace and _exists(trace, ref) else None


def _network_of(settings: Settings) -> Network:
    own = settings.own and settings.own.name
    return settings.dataset, own, settings.classes, settings.kernel_size, settings.filters


def _exists(trace: Trace, ref: CellRef) -> bool:
    array = trace.arrays.get(ref.name)
    if array is None:
        return False
    index = ref.array_index
    return len(index) == array.ndim and all(0 <= place < side for place, side in zip(index, array.shape, strict=True))


def _without_batch(cells: tuple[tuple[str, NDArray[np.intp]], ...]) -> Cells:
    """Drop the batch axis: a snapshot's trace holds the one sample."""
    return tuple((name, rows if is_parameter(name) or not rows.shape[1] else rows[:, 1:]) for name, rows in cells)
