"""Goes through the steps: watches what is done, says what comes of it, and keeps ring and card where they belong."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.arrays import Array
from ui.first_steps.card import StepCard
from ui.first_steps.parts import whole
from ui.first_steps.placing import free_place
from ui.first_steps.ring import Ring
from ui.first_steps.scene import Scene
from ui.first_steps.standing import Standing
from ui.first_steps.steps import STEPS, Step
from ui.theme import Theme

__all__ = ["Tour"]

_EVERY_MS = 100
"""Parts move for many reasons: splitters, folds, scroll bars, tabs. Where they are is looked up, not told."""
_MARGIN = 6


class Tour(QObject):
    """`begin()` where it was left; `left` when the user has skipped or finished it."""

    left = Signal()

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.window)
        self._scene = scene
        self.card = StepCard(scene.window)
        self.ring = Ring(scene.window)
        self._number = 0
        self._done: set[int] = set()
        self._standing: Standing | None = None
        self._brought: object = None
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self.card.skipped.connect(self.left)
        self.card.back.connect(self._go_back)
        self.card.next.connect(self._go_on)
        scene.flow.linker.spotlight_changed.connect(self._look_at_cell)
        scene.classify.drawing_changed.connect(self._on_drawing)

    @property
    def step(self) -> Step:
        """The present one."""
        return STEPS[self._number]

    @property
    def is_open(self) -> bool:
        """Whether the card is there, or comes with the first numbers."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Show the card at the step where it was left; after the last one, at the first."""
        if self._number == len(STEPS):
            self._number = 0
            self._done.clear()
        self._standing = None
        self._scene.flow.view.has_tooltips = False  # they would cover what the ring is around
        self._timer.start()
        self.look()

    def close(self) -> None:
        """Take the card away."""
        self._timer.stop()
        self._scene.flow.view.has_tooltips = True
        self.card.hide()
        self.ring.hide()

    @Slot()
    def look(self) -> None:
        """See what was done, and say it."""
        if self._standing is None:
            snapshot = self._scene.flow.linker.snapshot
            if snapshot is None:
                return
            self._standing = Standing(self._scene, snapshot)
        self._standing.look()
        if self.step.done(self._standing):
            self._done.add(self._number)
        self._say(self._standing)
        self._place(self._standing)

    def _say(self, standing: Standing) -> None:
        step = self.step
        do, see = step.words(standing)
        done = self._number in self._done
        self.card.show_step(self._number + 1, len(STEPS), step.title, do=do, see=see, done=done)

    def _place(self, standing: Standing) -> None:
        scene, window = self._scene, self._scene.window
        part = self.step.where(standing)
        meant = (self._number, part.widget, standing.reached)
        if meant != self._brought:
            self._brought = meant
            part.bring_into_view()
        place = part.place_in(window)
        self.ring.surround(place)
        clear = [place.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)] if not place.isEmpty() else []
        clear.append(whole(scene.message).place_in(window))
        if self.step.watch is not None:
            clear.append(self.step.watch(standing).place_in(window))
        room = whole(scene.views).place_in(window).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self.card.fit(scene.loss.width() - _MARGIN)
        self.card.move(free_place(self.card.size(), room, clear))
        if not self.card.isVisible():
            self.card.show()
            self.ring.raise_()
            self.card.raise_()

    @Slot()
    def _look_at_cell(self) -> None:
        """A cell that is pointed at for less than the interval counts, too."""
        if self.is_open and self._standing is not None:
            self._standing.look()

    @Slot(object)
    def _on_drawing(self, image: Array | None) -> None:
        if self._standing is not None and image is not None:
            self._standing.drawn = True

    @Slot()
    def _go_back(self) -> None:
        self._go_to(self._number - 1)

    @Slot()
    def _go_on(self) -> None:
        self._go_to(self._number + 1)

    def _go_to(self, number: int) -> None:
        self._number = number
        self._standing = None
        if number == len(STEPS):
            self.left.emit()
        else:
            self.look()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.card.set_theme(theme)
        self.ring.set_theme(theme)
