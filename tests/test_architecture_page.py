"""docs/architecture.md says what is there: no more, and no part of it less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = ("core", "playground", "ui", "tools", "benchmarks")
QUOTED = frozenset(re.findall(r"`([^`\n]+)`", PAGE))


def parts_of(folder: str) -> list[str]:
    """What stands in a folder itself, as the page would write it: modules, and folders of modules."""
    modules = [path.name for path in (ROOT / folder).glob("*.py") if not path.name.startswith("__")]
    folders = [path.parent.name for path in (ROOT / folder).glob("*/__init__.py")]
    return sorted(modules + folders)


@pytest.mark.parametrize("folder", ["core", "playground", "ui"])
def test_the_page_names_every_module_and_every_folder_of_a_layer(folder: str) -> None:
    parts = parts_of(folder)
    assert parts
    assert [part for part in parts if not QUOTED & {part, f"{part}/"}] == []


def test_whatever_the_page_names_is_there() -> None:
    named = {name for name in QUOTED if re.fullmatch(r"[\w/]+(\.py|/)", name)}
    assert named
    there = {path.relative_to(ROOT).as_posix() for folder in (*CODE, "tests", "docs") for path in walk(ROOT / folder)}
    there |= {"main.py", *(f"{name}/" for name in there)}
    assert sorted(name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)) == []


def walk(folder: Path) -> list[Path]:
    """A folder, and all modules and folders in it."""
    return [folder, *(path for path in folder.rglob("*") if path.is_dir() or path.suffix == ".py")]


@pytest.mark.parametrize("folder", CODE)
def test_each_module_opens_with_a_sentence_that_says_what_it_holds(folder: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (source := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []
