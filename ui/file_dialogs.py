"""Which file to open or to write; every dialog begins in the folder of the last one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.paths import is_there
from playground.sessions.session_file import SUFFIX
from ui.preferences import Preferences

__all__ = ["FileDialogs"]

_PICTURES = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)"
_DATA = "Data sets (*.npz *.csv *.tsv *.gz *ubyte *.idx1 *.idx3);;All files (*)"
_MODELS = "Models (*.safetensors)"
_VIEW_PICTURES = ("PNG, as on the screen (*.png)", "SVG, text and lines (*.svg)")
_SESSIONS = f"Sessions (*{SUFFIX});;All files (*)"

_DERIVATIONS = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html", "Markdown with LaTeX (*.md)": ".md"}


class FileDialogs:
    """Each method asks and returns the chosen path, None if the dialog was cancelled."""

    def __init__(self, parent: QWidget, preferences: Preferences) -> None:
        self._parent = parent
        self._preferences = preferences

    def picture_to_open(self) -> Path | None:
        """A picture to classify."""
        return self._to_open("Open a picture to classify", _PICTURES)

    def model_to_open(self) -> Path | None:
        """A model file."""
        return self._to_open("Open a model", _MODELS)

    def session_to_open(self) -> Path | None:
        """A session file."""
        return self._to_open("Open a session", _SESSIONS)

    def session_to_write(self, name: str) -> Path | None:
        """Where the session goes; the name ends as those of sessions do."""
        return self._to_write("Save the session", f"{name}{SUFFIX}", _SESSIONS)

    def data_file_to_open(self) -> Path | None:
        """A file of labelled images."""
        return self._to_open("Open data", _DATA)

    def data_folder_to_open(self) -> Path | None:
        """A folder of labelled images; the next dialog begins beside it."""
        path = QFileDialog.getExistingDirectory(self._parent, "Open a folder of data", self._preferences.folder)
        return self._remembered(path)

    def model_to_write(self) -> Path | None:
        """Where the model goes; the name ends in .safetensors."""
        return self._to_write("Save the model", "model.safetensors", _MODELS)

    def screenshot_to_write(self) -> Path | None:
        """Where the picture of the window goes; the name ends in .png."""
        return self._to_write("Save a picture of the window", "cnn-playground.png", "PNG (*.png)")

    def table_to_write(self) -> Path | None:
        """Where a table of results goes; the name ends in .csv."""
        return self._to_write("Save the table of runs", "runs.csv", "CSV (*.csv)")

    def view_picture_to_write(self, name: str) -> Path | None:
        """Where the picture of a view goes; the name ends in .png or .svg, as typed or as the kind that was chosen."""
        start = Path(self._preferences.folder) / f"{name}.png"
        path, kind = QFileDialog.getSaveFileName(self._parent, "Save a picture", str(start), ";;".join(_VIEW_PICTURES))
        chosen = self._remembered(path)
        suffix = ".svg" if kind == _VIEW_PICTURES[1] else ".png"
        if chosen is None or chosen.suffix.lower() in (".png", ".svg"):
            return chosen
        return chosen.with_name(chosen.name + suffix)

    def onnx_to_write(self) -> Path | None:
        """Where the ONNX file goes; the name ends in .onnx."""
        return self._to_write("Export the network as ONNX", "model.onnx", "ONNX (*.onnx)")

    def pytorch_folder_to_write(self) -> Path | None:
        """The new folder for PyTorch's script and weights."""
        start = str(Path(self._preferences.folder) / "pytorch")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Name a new folder for PyTorch", start, "Folder (*)")
        return self._remembered(path)

    def film_to_write(self) -> Path | None:
        """Where the animation of the filters goes; the name ends in .gif."""
        return self._to_write("Export the filters forming", "filters.gif", "GIF (*.gif)")

    def history_to_write(self) -> Path | None:
        """Where the curves go; the name ends in .csv."""
        return self._to_write("Export the curves", "history.csv", "CSV (*.csv)")

    def derivation_to_write(self, name: str) -> Path | None:
        """Where a derivation goes; the name ends in .pdf, .html or .md, as typed or as the kind that was chosen."""
        start = Path(self._preferences.folder) / f"{name}.pdf"
        kinds = ";;".join(_DERIVATIONS)
        path, kind = QFileDialog.getSaveFileName(self._parent, "Export the derivation", str(start), kinds)
        chosen = self._remembered(path)
        if chosen is None or chosen.suffix.lower() in _DERIVATIONS.values():
            return chosen
        return chosen.with_name(chosen.name + _DERIVATIONS.get(kind, ".pdf"))

    def script_to_write(self, name: str) -> Path | None:
        """Where a NumPy script goes; the name ends in .py."""
        return self._to_write("Export the step as a NumPy script", f"{name}.py", "Python (*.py)")

    def sheet_to_write(self) -> Path | None:
        """Where a quiz to print goes; the name ends in .pdf."""
        return self._to_write("Write the questions and answers", "practice.pdf", "PDF (*.pdf)")

    def folder_to_write(self) -> Path | None:
        """The folder that something new goes into."""
        path = QFileDialog.getExistingDirectory(self._parent, "Where it goes", self._preferences.folder)
        return Path(path) if path else None

    @property
    def folder(self) -> Path:
        """Where dialogs begin."""
        return Path(self._preferences.folder)

    def remember(self, path: Path) -> None:
        """Let the next dialog begin beside a path."""
        self._preferences.folder = str(path.parent)

    def _to_open(self, title: str, kinds: str) -> Path | None:
        path, _ = QFileDialog.getOpenFileName(self._parent, title, self._preferences.folder, kinds)
        return self._remembered(path)

    def _to_write(self, title: str, name: str, kinds: str) -> Path | None:
        start = Path(self._preferences.folder) / name
        path, _ = QFileDialog.getSaveFileName(self._parent, title, str(start), kinds)
        chosen = self._remembered(path)
        if chosen is None or chosen.suffix == start.suffix:
            return chosen
        # appended, not exchanged: “3.5 epochs” is a name, too
        whole = chosen.with_name(chosen.name + start.suffix)
        return whole if not is_there(whole) or self._may_replace(whole) else None

    def _may_replace(self, path: Path) -> bool:
        """Ask, since the dialog only asked about the name as it was typed."""
        question = f"{path.name} is there already. Replace it?"
        answer = QMessageBox.question(self._parent, "Replace the file?", question)
        return answer is QMessageBox.StandardButton.Yes

    def _remembered(self, path: str) -> Path | None:
        if not path:
            return None
        self._preferences.folder = str(Path(path).parent)
        return Path(path)
