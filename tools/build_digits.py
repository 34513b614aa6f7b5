"""Make the shipped part of MNIST: the first images of each digit, from the four files of the original data set.

    python tools/build_digits.py TRAIN_IMAGES TRAIN_LABELS TEST_IMAGES TEST_LABELS [--to playground/data]

The part is balanced (as many images of each digit) and keeps MNIST's own split: test images come from its test set,
whose writers are not those of the train set. Images are stored digit after digit, because neighbours that look alike
compress better.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playground.errors import DataError
from playground.idx import idx_bytes, read_idx

TRAIN_PER_DIGIT = 1320
TEST_PER_DIGIT = 200
SIZE_LIMIT = 2_500_000


def first_of_each_digit(images: NDArray[np.uint8], labels: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """Rows of the first `count` images of digit 0, then of digit 1, and so on; DataError if there are not enough."""
    if len(images) != len(labels):
        raise DataError(f"there are {len(images)} images but {len(labels)} labels; name files that belong together.")
    rows = [np.flatnonzero(labels == digit)[:count] for digit in range(10)]
    if min(map(len, rows)) < count:
        raise DataError(f"{count} images of each digit are wanted; a digit has only {min(map(len, rows))}.")
    return np.concatenate(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("train-images", "train-labels", "test-images", "test-labels"):
        parser.add_argument(name.replace("-", "_"), type=Path, help=f"{name} of MNIST, IDX, gzipped")
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent.parent / "playground" / "data")
    options = parser.parse_args()
    total = 0
    for split, count in (("train", TRAIN_PER_DIGIT), ("test", TEST_PER_DIGIT)):
        images = read_idx(getattr(options, f"{split}_images"), dimensions=3)
        labels = read_idx(getattr(options, f"{split}_labels"), dimensions=1)
        rows = first_of_each_digit(images, labels, count)
        for kind, values in (("images-idx3", images[rows]), ("labels-idx1", labels[rows])):
            content = idx_bytes(values)
            total += len(content)
            (options.to / f"digits-{split}-{kind}-ubyte.gz").write_bytes(content)
    sys.stdout.write(f"{total} bytes in {options.to}\n")
    if total > SIZE_LIMIT:
        sys.stderr.write(f"That is more than the {SIZE_LIMIT} bytes that the repository may hold.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
