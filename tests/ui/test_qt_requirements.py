"""What is said where Qt cannot start."""

from __future__ import annotations

import pytest

from ui import qt_requirements
from ui.qt_requirements import apt_line, cannot_start_message, has_display, missing_packages


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_any_of_three_variables_promises_a_display(name: str) -> None:
    assert has_display({name: ":0"}, "linux")
    assert not has_display({name: ""}, "linux")


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_have_a_display_without_saying_so(platform: str) -> None:
    assert has_display({}, platform)


def test_a_library_that_the_linker_lacks_is_told_as_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_requirements.sys, "platform", "linux")
    monkeypatch.setattr(qt_requirements, "_loads", lambda library: library != "libxcb-cursor.so.0")
    assert missing_packages(window=True) == ["libxcb-cursor0"]
    assert missing_packages(window=False) == []
    message = cannot_start_message("no platform plugin", window=True)
    assert "no platform plugin" in message
    assert apt_line(["libxcb-cursor0"]) in message


def test_without_a_missing_library_the_display_is_suspected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_requirements, "_loads", lambda library: True)
    message = cannot_start_message("could not connect to display :77", window=True)
    assert "apt-get" not in message
    assert "DISPLAY" in message


def test_a_missing_pyside_is_told_as_missing_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_requirements, "_loads", lambda library: True)
    assert "requirements.txt" in cannot_start_message("No module named 'PySide6'", window=True)
