"""What new runs are made from, besides their settings: the user's own images, and the network that was opened."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.counting import counted
from playground.model_file import Model
from playground.own_data.image_set import ImageSet, same_images
from playground.session import Session
from playground.settings import Settings

__all__ = ["RunSource"]


@dataclass(frozen=True, eq=False)
class RunSource:
    """Makes sessions. own: the user's own data set, if there is one; opened: where Reset leads, None for the seed."""

    own: ImageSet | None = None
    opened: Model | None = None

    @property
    def began_at(self) -> int:
        """The step at which a run from here begins."""
        return self.opened.step if self.opened is not None else 0

    @property
    def of_seed(self) -> RunSource:
        """The same data, for a run whose weights come from its seed."""
        return replace(self, opened=None)

    def session(self, settings: Settings) -> Session:
        """A session from its seed. Raises PlaygroundError if there are no images for it."""
        return Session(settings, own=self.own)

    def session_of(self, model: Model, settings: Settings) -> Session:
        """A session that goes on from the weights of a model. Raises PlaygroundError as `session` does."""
        return Session(settings, weights=model.network.state_dict(), step=model.step, own=self.own)

    def again(self, settings: Settings, seed: int | None = None) -> tuple[Session, RunSource, str]:
        """A session from the same start once more, or from another seed; its source; and which start that is."""
        if seed is not None:
            return self.session(settings.changed(seed=seed)), self.of_seed, f"new weights from seed {seed}"
        if self.opened is not None:
            steps = counted(self.opened.step, "step")
            return self.session_of(self.opened, settings), self, f"the opened network again, after {steps}"
        return self.session(settings), self, "the same start again"

    def own_of(self, settings: Settings) -> ImageSet | None:
        """The user's own images that a run with these settings learns, None if it learns others."""
        return self.own if settings.own is not None else None

    def brought_up_to_date(self, settings: Settings) -> Settings:
        """Settings made before the newest change of the user's own data, now of the data as it is."""
        if self.own is None or settings.own is None or settings.own.name != self.own.name:
            return settings
        return settings.changed(own=self.own.description)

    def is_newer(self, images: ImageSet) -> bool:
        """True if this is the user's own data set with something changed in it."""
        if self.own is None or images.name != self.own.name:
            return False
        return images.colors != self.own.colors or not same_images(images, self.own)
