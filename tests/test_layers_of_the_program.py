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


def circles(folder: str) -> list[set[str]]:
    """The groups of modules of a folder that need each other, be it for a type only; by their dotted names."""
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in modules_of(folder)}
    needs = {name: {other for other in imports_of(path) if other in modules} for name, path in modules.items()}
    reached = {name: reachable(needs, name) for name in needs}
    groups = [{other for other in reached[name] if name in reached[other]} for name in needs if name in reached[name]]
    return [group for place, group in enumerate(groups) if group not in groups[:place]]


def reachable(needs: dict[str, set[str]], start: str) -> set[str]:
    """Every module that `start` needs, or one that it needs."""
    found: set[str] = set()
    open_ = set(needs[start])
    while open_:
        found |= open_
        open_ = {other for name in open_ for other in needs[name]} - found
    return found


@pytest.mark.parametrize("folder", ["core", "playground"])
def test_no_modules_need_each_other(folder: str) -> None:
    assert circles(folder) == []


def test_in_ui_only_the_window_and_what_connects_its_parts_need_each_other() -> None:
    assert circles("ui") == [
        {"ui.main_window", "ui.wiring", "ui.action_handlers"}
        | {f"ui.{part}.link" for part in ("first_steps", "laboratory", "timeline")}
    ]
