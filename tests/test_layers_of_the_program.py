"""Imports point one way: main → ui → playground → core."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OWN = frozenset({"core", "playground", "ui", "main", "tests", "tools", "benchmarks"})
QT = frozenset({"PySide6", "shiboken6", "pyqtgraph"})

ALLOWED = {
    "core": {"core", "numpy", "llvmlite", "numba"},
    "playground": {
        "core",
        "playground",
        "latex2mathml",
        "numpy",
        "onnx",
        "PIL",
        "safetensors",
        "threadpoolctl",
        "tqdm",
    },
    "ui": {"core", "playground", "ui", "numpy", "PySide6", "shiboken6", "pyqtgraph", "threadpoolctl", "ziamath"},
}
# the one module of playground that knows of Qt
QT_IN_PLAYGROUND = Path("playground/worker.py")
# the modules of core that train; from the others ui may take values and where they come from
TRAINING = (
    "layers",
    "losses",
    "initialization",
    "network",
    "optimizers",
    "training",
    "fast_path",
    "gradient_check",
    "gradient_probe",
)


def modules_of(folder: str) -> list[Path]:
    """The modules of a folder, relative to the root."""
    found = sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))
    assert found, f"{folder} has no modules"
    return found


def imports_of(module: Path) -> Iterator[str]:
    """The dotted names that a module imports anywhere, within functions too."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively; name the whole module"
            yield node.module or ""


def packages_of(module: Path) -> set[str]:
    """The packages outside the standard library that a module imports."""
    return {name.partition(".")[0] for name in imports_of(module)} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    wrong = {
        str(module): sorted(extra)
        for module in modules_of(folder)
        if (extra := packages_of(module) - ALLOWED[folder] - (QT if module == QT_IN_PLAYGROUND else set()))
    }
    assert not wrong


def test_the_worker_is_where_training_meets_qt() -> None:
    assert packages_of(QT_IN_PLAYGROUND) & QT == {"PySide6"}


def test_ui_does_no_training_arithmetic() -> None:
    wrong = {
        str(module): sorted(extra)
        for module in modules_of("ui")
        if (
            extra := {
                name for name in imports_of(module) if name.startswith(tuple(f"core.{part}" for part in TRAINING))
            }
        )
    }
    assert not wrong


def test_each_module_that_trains_is_there() -> None:
    missing = [name for name in TRAINING if not list((ROOT / "core").glob(f"{name}*"))]
    assert not missing


def test_the_terminal_commands_need_no_qt() -> None:
    wrong = [str(module) for module in modules_of("playground/commands") if packages_of(module) & QT]
    assert not wrong
    assert not packages_of(Path("main.py")) - OWN


@pytest.mark.parametrize("module", ["ui/app.py", "ui/qt_requirements.py", "ui/headless.py"])
def test_what_runs_before_qt_is_known_to_load_needs_no_qt(module: str) -> None:
    assert not packages_of(Path(module)) & QT
