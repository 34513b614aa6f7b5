"""Which image the snapshots show: one of the data set, or the drawing while it is followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.arrays import Array
from playground.errors import PlaygroundError
from playground.sample_ref import DrawnSample, SampleRef
from playground.session import Session

__all__ = ["LookedAt"]


class LookedAt:
    """`sample` is what is looked at; `of_data` the image of the data set that comes back after a drawing."""

    def __init__(self) -> None:
        self.of_data = SampleRef()
        self._drawing: Array | None = None
        self._drawn: DrawnSample | None = None

    @property
    def sample(self) -> SampleRef:
        """The image whose trace the snapshots carry."""
        return self.of_data if self._drawn is None else self._drawn

    @property
    def drawing(self) -> Array | None:
        """What is drawn, (c, h, w) and read-only, or None."""
        return self._drawing

    def choose(self, sample: SampleRef) -> None:
        """Look at an image of the data set."""
        self.of_data, self._drawn = sample, None

    def draw(self, image: Array | None) -> None:
        """Take another drawing (c, h, w), or None; one that is followed is followed on, with its label."""
        if image is not None:
            image = image.copy()
            image.flags.writeable = False
        self._drawing = image
        if image is None:
            self._drawn = None
        elif self._drawn is not None and self._drawn.image.shape == image.shape:
            self._drawn = replace(self._drawn, image=image)

    def follow_drawing(self, session: Session) -> None:
        """Look at the drawing, with the answer of the session's network as its label until another one is chosen.

        Raises PlaygroundError if there is no drawing for this network.
        """
        image = self._drawing
        if image is None or image.shape != session.dataset.x_train.shape[1:]:
            raise PlaygroundError("There is no drawing to follow; draw, open or paste a picture first.")
        if self._drawn is None:
            answer = int(np.argmax(session.predict(image[np.newaxis])[0]))
            self._drawn = DrawnSample(image=image, label=answer)

    def leave_drawing(self) -> None:
        """Look at the image of before again."""
        self._drawn = None

    def label_drawing(self, label: int) -> None:
        """Let the followed drawing be of the class that the user chose."""
        if self._drawn is not None:
            self._drawn = replace(self._drawn, label=label, is_chosen=True)

    def begin_run(self, before: Session | None, session: Session, sample: SampleRef | None = None) -> None:
        """Another session comes: of other data its first image is shown; a drawing stays if it means the same there.

        sample: the image of the data set that was looked at when the session was left.
        """
        data = session.dataset
        old = None if before is None else before.dataset
        if old is None or old.name != data.name:
            self.choose(session.first_sample)
        elif old.class_names != data.class_names or old.x_train.shape[1:] != data.x_train.shape[1:]:
            self.leave_drawing()
        if sample is not None:
            self.of_data = sample
