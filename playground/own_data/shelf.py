"""The folder in which the user's own data sets are kept between starts, a file each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from playground.errors import DataError
from playground.own_data.image_set import clean_names
from playground.own_data.storage import KeptSummary, kept_summary

__all__ = ["Shelf"]

_PATTERN = "set-*.npz"
_DELETED = "deleted"


class Shelf:
    """Data sets by name; each name is there once. The folder is made when something is to be put there.

    What is deleted goes into a folder beside, from which it can be restored until it is purged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last = 0
        self._summaries: dict[tuple[Path, int, int], KeptSummary | None] = {}

    def sets(self, on_their_way: Mapping[Path, str] | None = None) -> dict[str, Path]:
        """File of each data set by its name, oldest first; a file that cannot be read is called as the file is.

        on_their_way: names of sets that are about to be written, by their files.
        """
        coming = on_their_way or {}
        return self._named({*self.folder.glob(_PATTERN), *coming}, coming)

    def deleted(self) -> dict[str, Path]:
        """File of each data set that was deleted, by its name, oldest first."""
        return self._named(self._deleted_folder.glob(_PATTERN), {})

    def summary(self, path: Path) -> KeptSummary | None:
        """What a file holds, None if that cannot be read; each state of a file is looked at once."""
        try:
            status = path.stat()
        except OSError:
            return None
        key = (path, status.st_mtime_ns, status.st_size)
        if key not in self._summaries:
            try:
                self._summaries[key] = kept_summary(path)
            except DataError:
                # chosen, it is read, which puts it aside and says why
                self._summaries[key] = None
        return self._summaries[key]

    def path_of(self, name: str) -> Path | None:
        """The file of a data set, None if there is none of that name."""
        return self.sets().get(name)

    def new_path(self) -> Path:
        """Where a new data set goes, each time another place. Raises DataError if the folder cannot be made."""
        _make(self.folder)
        # files that were put aside keep their number, so that they are not taken for another's
        files = [*self.folder.glob(f"{_PATTERN}*"), *self._deleted_folder.glob(f"{_PATTERN}*")]
        numbers = [int(part) for path in files if (part := _number(path)).isdigit()]
        # what was given out before may still be on its way to the disk
        self._last = max([*numbers, self._last]) + 1
        return self.folder / f"set-{self._last}.npz"

    def delete(self, path: Path) -> None:
        """Take a data set away, so that it can be restored. Raises DataError if that fails."""
        _make(self._deleted_folder)
        _move(path, self._deleted_folder / path.name)

    def restore(self, path: Path) -> None:
        """Put back a data set that was deleted. Raises DataError if that fails."""
        _move(path, self.folder / path.name)

    def purge(self, path: Path) -> None:
        """Remove a data set that was deleted, for good. Raises DataError if that fails."""
        try:
            path.unlink()
        except OSError as error:
            raise DataError(f"{path} cannot be removed ({error.strerror}).") from error

    @property
    def _deleted_folder(self) -> Path:
        return self.folder / _DELETED

    def _name(self, path: Path) -> str:
        summary = self.summary(path)
        return path.name if summary is None else summary.name

    def _named(self, paths: Iterable[Path], coming: Mapping[Path, str]) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
            name = coming.get(path) or self._name(path)
            found[clean_names([*found, name])[-1]] = path
        return found


def _number(path: Path) -> str:
    return path.name.removeprefix("set-").partition(".")[0]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder} cannot be made ({error.strerror}), so nothing can be kept there.") from error


def _move(path: Path, target: Path) -> None:
    try:
        if target.exists():
            raise FileExistsError(17, "there is a file of that name already")
        path.rename(target)
    except OSError as error:
        raise DataError(f"{path} cannot be moved to {target.parent} ({error.strerror}).") from error
