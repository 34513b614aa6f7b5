"""The text of a PyTorch script that rebuilds a network, checks it against the playground and goes on training."""

from __future__ import annotations

from itertools import pairwise
from string import Template

from playground.settings import Settings, feature_map_sizes

__all__ = ["DATA_FILE", "SCRIPT_FILE", "WEIGHTS_FILE", "script_text"]

SCRIPT_FILE, WEIGHTS_FILE, DATA_FILE = "train.py", "weights.safetensors", "data.safetensors"

_SCRIPT = Template('''\
"""A network of the CNN playground in PyTorch: rebuild it, check it, and train on.

    python -m pip install torch safetensors
    python $script                 # checks the network, then trains one epoch more
    python $script --epochs 5      # or as many as you like

$story
"""

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = Path(__file__).resolve().parent
CLASSES = $classes
BATCH_SIZE = $batch_size
LEARNING_RATE = $learning_rate
SEED = $seed


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
$layers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images (m, $channels, $side, $side) from 0 to 1 -> logits (m, $outputs)."""
$forward
        return self.fc(x.flatten(1))


def loss_of(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return $loss


def predicted(logits: torch.Tensor) -> torch.Tensor:
    return $predicted


def images(stored: torch.Tensor) -> torch.Tensor:
    return stored.float() / 255 if stored.dtype == torch.uint8 else stored


@torch.no_grad()
def accuracy(network: Network, x: torch.Tensor, y: torch.Tensor) -> float:
    right = sum(int((predicted(network(images(a))) == b).sum()) for a, b in zip(x.split(256), y.split(256)))
    return right / len(x)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(SEED)

    network = Network()
    network.load_state_dict(load_file(FOLDER / "$weights"))
    data = load_file(FOLDER / "$data")

    # the same numbers as in the playground, up to the order in which they are summed
    with torch.no_grad():
        difference = (network(data["sample_x"]) - data["sample_logits"]).abs().max().item()
    print(f"logits of the sample: largest difference to the playground {difference:.1e}")
    if not difference < 1e-4:
        raise SystemExit("These are not the weights that the sample was computed with.")

    x, y = data["x_train"], data["y_train"]
    print(f"test accuracy so far: {100 * accuracy(network, data['x_test'], data['y_test']):.2f} %")
$frozen\
    optimizer = $optimizer
    for epoch in range(1, options.epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = loss_of(network(images(x[rows])), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch}: loss {total / len(x):.4f}, "
              f"test accuracy {100 * accuracy(network, data['x_test'], data['y_test']):.2f} %")

    # with its metadata, so that the playground opens it again
    with safe_open(FOLDER / "$weights", framework="pt") as file:
        metadata = file.metadata()
    steps = options.epochs * -(-len(x) // BATCH_SIZE)
    metadata["step"] = str(int(metadata["step"]) + steps)
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    save_file(state, FOLDER / "continued.safetensors", metadata)
    print(f"saved {FOLDER / 'continued.safetensors'}")


if __name__ == "__main__":
    main()
''')


def script_text(settings: Settings, class_names: tuple[str, ...], notes: tuple[str, ...]) -> str:
    """The script for the network of `settings`; `notes`: sentences for its head, each on lines of its own."""
    channels, side, _ = settings.image_shape
    binary = settings.outputs == 1
    return _SCRIPT.substitute(
        script=SCRIPT_FILE,
        weights=WEIGHTS_FILE,
        data=DATA_FILE,
        story="\n".join(notes),
        classes=repr(list(class_names)),
        batch_size=settings.batch_size,
        learning_rate=repr(settings.learning_rate),
        seed=settings.seed,
        layers="\n".join(f"        {line}" for line in _layers(settings)),
        channels=channels,
        side=side,
        outputs=settings.outputs,
        forward="\n".join(
            f"        x = F.max_pool2d(F.relu(self.conv{block}(x)), 2)" for block in range(1, settings.blocks + 1)
        ),
        loss="F.binary_cross_entropy_with_logits(logits[:, 0], y.float())" if binary else "F.cross_entropy(logits, y)",
        predicted="(logits[:, 0] > 0).long()" if binary else "logits.argmax(1)",
        frozen="".join(f"    network.{name}.requires_grad_(False)  # frozen\n" for name in settings.frozen_layers),
        optimizer=_optimizer(settings),
    )


def _layers(settings: Settings) -> list[str]:
    channels = (settings.image_shape[0], *settings.filters)
    lines = [
        f"self.conv{block} = nn.Conv2d({into}, {out}, kernel_size={settings.kernel_size})"
        for block, (into, out) in enumerate(pairwise(channels), 1)
    ]
    _, pooled = feature_map_sizes(settings.image_size, settings.kernel_size, settings.blocks)[-1]
    return [*lines, f"self.fc = nn.Linear({settings.filters[-1] * pooled**2}, {settings.outputs})"]


def _optimizer(settings: Settings) -> str:
    if settings.optimizer == "adam":
        return "torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)"
    momentum = ", momentum=0.9" if settings.optimizer == "momentum" else ""
    return f"torch.optim.SGD(network.parameters(), lr=LEARNING_RATE{momentum})"
