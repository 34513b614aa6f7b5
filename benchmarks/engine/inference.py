"""Classifying: one drawing, and ten thousand test images."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.engine.networks import Setting, leave_to_numpy, make_batch, our_network, torch_model
from benchmarks.engine.timing import take_turns
from core.training import logits_of

__all__ = ["InferenceRow", "measure_inference"]

_NETWORKS = (Setting(5, (8,), 1, 1), Setting(5, (8,), 10, 1), Setting(5, (16, 32), 10, 1))
_CHUNK = 1000  # images that PyTorch is given at a time: all of them at once would be slower


@dataclass(frozen=True)
class InferenceRow:
    """Some images: seconds for all of them, by NumPy alone too, and how many times as long PyTorch takes."""

    setting: Setting
    images: int
    seconds: float
    numpy_seconds: float
    eager: float | None


def measure_inference(torch: Any | None, *, rounds: int, seconds: float) -> Iterator[InferenceRow]:
    """A row for one image and for 10 000, on one thread each."""
    if torch is not None:
        torch.set_num_threads(1)
    for setting in _NETWORKS:
        for images in (1, 10_000):
            network = our_network(setting)
            x, _ = make_batch(dataclasses.replace(setting, batch_size=images))
            alone = our_network(setting)
            leave_to_numpy(alone, setting)
            functions: dict[str, Callable[[], object]] = {
                "ours": partial(logits_of, network, x),
                "numpy": partial(logits_of, alone, x),
            }
            if torch is not None:
                model, tensor = torch_model(setting, torch), torch.tensor(x)

                def classify(model: Any = model, tensor: Any = tensor) -> None:
                    with torch.inference_mode():
                        for start in range(0, len(tensor), _CHUNK):
                            model(tensor[start : start + _CHUNK])

                functions["eager"] = classify
            timing = take_turns(functions, rounds, seconds)
            yield InferenceRow(
                setting,
                images,
                timing.median("ours"),
                timing.median("numpy"),
                timing.ratio("eager", to="ours") if torch is not None else None,
            )
