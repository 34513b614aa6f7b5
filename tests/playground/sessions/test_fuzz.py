"""Whatever a session file says, it is refused in one sentence or goes on: at once, and in bounded memory."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.errors import DivergedError, SessionFileError
from playground.session import Session
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session, write_session
from playground.settings import Settings
from tests.playground.own_data.fuzz import mutated
from tests.playground.sessions.bounds import assert_one_sentence, within
from tests.playground.sessions.contents import eventful_content, rewritten

HOSTILE_VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 5000, "\ud800",
    "../../etc", [], [[]], {}, [0] * 1000, [-1, -1], {"a": []},
)  # fmt: skip


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Real files: a session of the user's own data with everything in it, and one on shapes."""
    folder = tmp_path_factory.mktemp("seeds")
    session = Session(Settings("shapes", (0, 1), 3, (2,), optimizer="momentum", learning_rate=0.05))
    session.step()
    write_session(folder / "0", eventful_content())
    write_session(folder / "1", SessionContent.of(session))
    return [(folder / name).read_bytes() for name in ("0", "1")]


def attempt(path: Path) -> bool:
    """Open a file as the window does, and go on with it; True if that worked. Fails if it took too much."""
    with within(seconds=2.0, megabytes=48):
        try:
            content = read_session(path)
            session = Session.from_state(content.state, content.history())
            with contextlib.suppress(DivergedError):
                session.step()
                session.evaluate_slice()
        except SessionFileError as error:
            assert_one_sentence(error, path)
            return False
    return True


@hypothesis_settings(max_examples=150)
@given(seed=st.integers(0, 2**32), which=st.integers(0, 1))
def test_a_file_with_bytes_changed_cut_or_doubled_is_refused_or_goes_on(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[bytes], seed: int, which: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.cnnsession"
    path.write_bytes(mutated(seeds[which], random.Random(seed)))
    attempt(path)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """All places of a tree of JSON as (container, key)."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((value, key), *places_in(inner))]


@hypothesis_settings(max_examples=250)
@given(data=st.data(), which=st.integers(0, 1))
def test_a_file_with_hostile_values_in_its_description_is_refused_or_goes_on(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[bytes], data: st.DataObject, which: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.cnnsession"
    path.write_bytes(seeds[which])

    def spoil(tree: dict[str, Any]) -> None:
        for _ in range(data.draw(st.integers(1, 2))):
            places = places_in(tree)
            # by number: what is drawn from must not be what is changed
            container, key = places[data.draw(st.integers(0, len(places) - 1))]
            container[key] = copy.deepcopy(HOSTILE_VALUES[data.draw(st.integers(0, len(HOSTILE_VALUES) - 1))])

    if data.draw(st.booleans()):
        rewritten(path, spoil)
    else:
        rewritten(path, header=spoil)
    attempt(path)


def test_an_untouched_file_goes_on(tmp_path: Path, seeds: list[bytes]) -> None:
    for content in seeds:
        (tmp_path / "s").write_bytes(content)
        assert attempt(tmp_path / "s")


def test_a_description_that_grows_without_end_is_refused_at_once(tmp_path: Path, seeds: list[bytes]) -> None:
    for text in (
        b"[" * 3_000_000,
        b'{"a":' * 500_000,
        json.dumps({"__metadata__": {str(n): "" for n in range(10**5)}}).encode(),
    ):
        (tmp_path / "s").write_bytes(len(text).to_bytes(8, "little") + text)
        assert not attempt(tmp_path / "s")
