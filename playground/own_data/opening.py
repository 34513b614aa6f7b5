"""One door for every kind of data set: what a path leads to is decided by what is there, not by its name."""

from __future__ import annotations

from pathlib import Path

from playground.errors import DataError
from playground.own_data.csv_source import looks_like_csv, open_csv
from playground.own_data.folder_source import is_picture_folder, open_folder, pictures_beside
from playground.own_data.idx_source import is_idx, open_idx
from playground.own_data.npz import is_zip
from playground.own_data.npz_source import is_npz_pair_folder, open_npz
from playground.own_data.source import Check, ReadPicture, Source, check_regular, go_on, saying_what_failed
from playground.paths import is_folder

__all__ = ["KINDS", "is_data", "open_source"]

KINDS = "a folder with one sub-folder a class, IDX files (also .gz), an .npz file, or a .csv table of label and pixels"


def open_source(path: str | Path, read_picture: ReadPicture, check: Check = go_on) -> Source:
    """The data set at a path, looked at but not read: `importing.preview` and `importing.load` do that.

    Takes what KINDS says; of a folder also one that holds IDX files, one .npz or one .csv. Raises DataError in one
    sentence if it is none of these, or damaged, and Cancelled if `check` does: thousands of folders or lines take time.
    """
    path = Path(path)
    with saying_what_failed(path):
        is_folder = path.is_dir()
        path.stat()
    if is_folder:
        return _open_folder(path, read_picture, check)
    check_regular(path)
    if is_zip(path):
        return open_npz(path, check)
    if is_idx(path):
        return open_idx(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt") or looks_like_csv(path):
        return open_csv(path, check)
    if "idx" in path.name.lower() or "ubyte" in path.name.lower():
        # says what is wrong with it
        return open_idx(path)
    if path.suffix.lower() == ".npz":
        raise DataError(f"{path} is not an npz file, whatever its name says; copy it again.")
    raise DataError(f"{path} is no data set; name {KINDS}.")


def is_data(path: Path) -> bool:
    """True if a path leads to a data set rather than to a picture: a folder, or a file of one of the kinds."""
    return is_folder(path) or path.suffix.lower() in (".csv", ".tsv", ".npz") or is_zip(path) or is_idx(path)


def loose_pictures(path: Path) -> list[Path]:
    """The pictures that lie in a folder without any order of classes; none of a data set, or of a file."""
    if not is_folder(path) or is_picture_folder(path):
        return []
    with saying_what_failed(path):
        names = [entry.name.lower() for entry in path.iterdir()]
    if any("idx" in name or "ubyte" in name or name.endswith((".npz", ".csv")) for name in names):
        return []
    return pictures_beside(path)


def _open_folder(path: Path, read_picture: ReadPicture, check: Check) -> Source:
    with saying_what_failed(path):
        files = sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
    if any(is_idx(file) for file in files if "idx" in file.name.lower() or "ubyte" in file.name.lower()):
        return open_idx(path)
    if is_picture_folder(path):
        return open_folder(path, read_picture, check)
    if is_npz_pair_folder(path):
        return open_npz(path, check)
    for suffix, opener in ((".npz", open_npz), (".csv", open_csv)):
        of_kind = [file for file in files if file.suffix.lower() == suffix]
        if len(of_kind) > 1:
            raise DataError(f"{path} holds {len(of_kind)} {suffix} files; name the one you want.")
        if of_kind:
            return opener(of_kind[0], check)
    if files and any("ubyte" in file.name.lower() for file in files):
        return open_idx(path)
    raise DataError(f"{path} holds no data set; there must be {KINDS}.")
