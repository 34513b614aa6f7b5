"""The folder in which the user's own data sets are kept between starts, a file each."""

from __future__ import annotations

from pathlib import Path

from playground.errors import DataError
from playground.own_data.image_set import clean_names
from playground.own_data.storage import kept_name

__all__ = ["Shelf"]

_PATTERN = "set-*.npz"


class Shelf:
    """Data sets by name; each name is there once. The folder is made when something is to be put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last = 0

    def sets(self) -> dict[str, Path]:
        """File of each data set by its name, oldest first; a file that cannot be read is called as the file is."""
        found: dict[str, Path] = {}
        for path in sorted(self.folder.glob(_PATTERN), key=lambda path: (len(path.name), path.name)):
            try:
                name = kept_name(path)
            except DataError:
                # chosen, it is read, which puts it aside and says why
                name = path.name
            found[clean_names([*found, name])[-1]] = path
        return found

    def path_of(self, name: str) -> Path | None:
        """The file of a data set, None if there is none of that name."""
        return self.sets().get(name)

    def free_name(self, name: str) -> str:
        """`name`, with a number behind it if a data set is called so already."""
        return clean_names([*self.sets(), name])[-1]

    def new_path(self) -> Path:
        """Where a new data set goes, each time another place. Raises DataError if the folder cannot be made."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(
                f"{self.folder} cannot be made ({error.strerror}), so nothing can be kept there."
            ) from error
        # files that were put aside keep their number, so that they are not taken for another's
        numbers = [int(part) for path in self.folder.glob(f"{_PATTERN}*") if (part := _number(path)).isdigit()]
        # what was given out before may still be on its way to the disk
        self._last = max([*numbers, self._last]) + 1
        return self.folder / f"set-{self._last}.npz"


def _number(path: Path) -> str:
    return path.name.removeprefix("set-").partition(".")[0]
