"""Sessions to put into files, and what may be done to the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import safe_open

from playground.sample_ref import SampleRef
from playground.session import Session
from playground.sessions.content import SessionContent, Start
from playground.sessions.session_file import read_session, write_session
from tests.playground.test_session_state import ACTIONS, OWN, own_session

__all__ = ["eventful_content", "eventful_session", "reopened", "rewritten", "rewritten_index"]


def eventful_session(**changes: object) -> Session:
    """A session on a data set of its own in which nearly everything has happened that can."""
    session = own_session(optimizer="adam", learning_rate=0.003, batch_size=9, **changes)
    for name in ("step", "a pixel", "a label", "a weight", "step", "augmentation", "evaluate", "step", "a test pixel"):
        ACTIONS[name](session)
    for _ in range(6):
        session.step()
    session.evaluate_slice()
    return session


def eventful_content(session: Session | None = None) -> SessionContent:
    """All that a file may hold of it."""
    session = session if session is not None else eventful_session()
    start = Start(2, session.state().weights)
    return SessionContent.of(
        session,
        own=OWN,
        start=start,
        elapsed_seconds=1.25,
        sample=SampleRef("train", 3),
        drawing=b"strokes",
        file="/home/me/digits ∂.cnnsession",
        modified=True,
    )


def reopened(content: SessionContent, path: Path) -> SessionContent:
    """Through a file and back."""
    write_session(path, content)
    return read_session(path)


def rewritten(
    path: Path,
    change: Callable[[dict[str, Any]], object] = lambda _: None,
    *,
    header: Callable[[dict[str, Any]], object] = lambda _: None,
) -> Path:
    """Change what a file says about itself, `change` its session and `header` the rest, and leave its arrays alone."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    table = json.loads(content[8 : 8 + length])
    plain = json.loads(table["__metadata__"]["session"])
    change(plain)
    table["__metadata__"]["session"] = json.dumps(plain)
    header(table)
    text = json.dumps(table).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])
    return path


def rewritten_index(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Path:
    """Change what a file says of its timeline and of the moments in it: `change(timeline, index)`."""
    arrays = dict(safetensors.numpy.load_file(path))
    with safe_open(path, "numpy") as file:
        metadata = dict(file.metadata())
    plain = json.loads(metadata["session"])
    index = json.loads(arrays["timeline/index"].tobytes())
    change(plain["timeline"], index)
    content = json.dumps(index).encode()
    arrays["timeline/index"] = np.frombuffer(content, np.uint8)
    if plain["timeline"].get("index") is not None:
        plain["timeline"]["index"] = len(content)
    safetensors.numpy.save_file(arrays, path, {**metadata, "session": json.dumps(plain)})
    return path
