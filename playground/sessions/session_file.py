"""Sessions as safetensors files: everything from which a run goes on, bit for bit.

The weights have PyTorch's names, so that `safetensors.torch.load_file` finds them; every other array is in a folder of
its own. All that is no array is JSON in the metadata, under "session".
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Array, ShapeError
from playground.datasets import data_in_words, load_dataset
from playground.errors import PlaygroundError, SessionFileError
from playground.evaluation import EvaluationPlan
from playground.prediction import make_network
from playground.run_images import RunImages
from playground.sessions.content import SessionContent, Start, Summary
from playground.sessions.history_part import pack_history, unpack_history
from playground.sessions.own_part import pack_own, unpack_own
from playground.sessions.parts import MAX_STEP, DamagedError, FileUnpacking, Packing, Unpacking, number, text, whole
from playground.sessions.state_part import pack_state, sample_from, unpack_state
from playground.sessions.timeline_part import pack_timeline, unpack_timeline
from playground.settings import Settings
from playground.tensor_file import Limits, open_tensors, write_tensors

__all__ = ["FORMAT_VERSION", "SUFFIX", "read_session", "read_summary", "write_session"]

FORMAT_VERSION = 1
SUFFIX = ".cnnsession"

_MAX_DRAWING = 4 * 2**20
_MAX_PATH = 4096
_LIMITS = Limits(
    "session",
    SessionFileError,
    version=FORMAT_VERSION,
    # the images of one data set may take 1 GB, the moments of the timeline 200 MB
    file_bytes=3 * 2**29,
    header_bytes=4 * 2**20,
    tensors=4096,
    dtypes=("F32", "F64", "I64", "U8"),
    required=("session",),
)


def write_session(path: Path, content: SessionContent) -> None:
    """Write a session file, or leave whatever was there untouched: it appears, complete, under its name at the end.

    Raises SessionFileError if it cannot be written.
    """
    packing = Packing()
    plain: dict[str, Any] = {
        "data": data_in_words(content.state.settings),
        "saved_at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "file": content.file,
        "modified": content.modified,
        "elapsed_seconds": content.elapsed_seconds,
        "sample": [content.sample.split, content.sample.index],
        "state": pack_state(content.state, packing),
        "events": pack_history(content.curves, content.events, packing),
        "timeline": None if content.timeline is None else pack_timeline(content.timeline, content.state, packing),
        "own": None if content.own is None else pack_own(content.own, packing),
        "start": None if content.start is None else content.start.step,
    }
    if content.start is not None:
        packing.put_all("start/", content.start.weights)
    packing.put("drawing", np.frombuffer(content.drawing, np.uint8))
    write_tensors(path, packing.arrays, {"session": json.dumps(plain, ensure_ascii=False)}, _LIMITS)


def read_session(path: Path) -> SessionContent:
    """The session in a file, complete and checked: one that can be gone on with.

    Raises SessionFileError, in one sentence, if the file is missing, damaged, of another version or of another program.
    """
    with _saying_what_is_wrong(path), open_tensors(path, _LIMITS) as file:
        unpacking = FileUnpacking(file)
        content = _content(_plain(file.metadata), unpacking)
        if unpacking.left:
            raise DamagedError(f"{min(unpacking.left)[:60]} belongs to no session")
        return content


def read_summary(path: Path) -> Summary:
    """What can be said of a session file by its header alone; raises SessionFileError as `read_session` does."""
    with _saying_what_is_wrong(path), open_tensors(path, _LIMITS) as file:
        plain = _plain(file.metadata)
        return Summary(
            data=text(plain["data"], 200, "the data set"),
            step=whole(plain["state"]["step"], 0, MAX_STEP, "step"),
            saved_at=text(plain["saved_at"], 40, "the time of saving"),
            file=text(plain["file"], _MAX_PATH, "the file it belongs to"),
        )


def _content(plain: Mapping[str, Any], unpacking: Unpacking) -> SessionContent:
    settings = Settings.from_dict(plain["state"]["settings"])
    if (settings.own is None) is not (plain["own"] is None):
        raise DamagedError("it has other images than its settings say")
    own = None if plain["own"] is None else unpack_own(plain["own"], unpacking)
    if own is not None and own.description != settings.own:
        raise DamagedError("it has other images than its settings say")
    dataset = load_dataset(settings, own)
    weights = make_network(settings).state_dict()
    plan = EvaluationPlan.for_images(RunImages(dataset), settings.seed)
    state = unpack_state(plain["state"], settings, plan, weights, unpacking)
    layers = tuple(f"dw{layer}" for layer in range(1, settings.blocks + 2))
    history = unpack_history(plain["events"], layers, unpacking)
    timeline = plain["timeline"]
    return SessionContent(
        state=state,
        curves=history.read(),
        events=history.events,
        timeline=None if timeline is None else unpack_timeline(timeline, settings, plan, weights, unpacking),
        own=own,
        start=_start(plain["start"], weights, unpacking),
        elapsed_seconds=number(plain["elapsed_seconds"], "the time that it took"),
        sample=sample_from(plain["sample"], dataset),
        drawing=unpacking.take("drawing", (None,), "U8", most=_MAX_DRAWING).tobytes(),
        file=text(plain["file"], _MAX_PATH, "the file it belongs to"),
        modified=plain["modified"] is True,
    )


def _start(step: object, weights: Mapping[str, Array], unpacking: Unpacking) -> Start | None:
    if step is None:
        return None
    return Start(whole(step, 0, MAX_STEP, "the step it began at"), unpacking.take_all("start/", weights))


def _plain(metadata: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        plain = json.loads(metadata["session"])
    except (ValueError, RecursionError) as error:
        raise DamagedError("what it says about itself cannot be read") from error
    if not isinstance(plain, dict):
        raise DamagedError("what it says about itself is no table")
    return plain


@contextmanager
def _saying_what_is_wrong(path: Path) -> Iterator[None]:
    try:
        yield
    except SessionFileError:
        raise
    except KeyError as error:
        missing = " ".join(str(error.args[0]).split())[:60]
        raise SessionFileError(f"{path} is damaged: it does not say its {missing}; nothing was changed.") from error
    except (PlaygroundError, ShapeError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        # whoever made the file may have put anything in any place
        reason = " ".join(str(error).split())[:300].rstrip(".")
        raise SessionFileError(f"{path} is damaged and was not opened; nothing was changed: {reason}.") from error
