"""Opens mutated files in a process of its own, and reports what went wrong: `python -m … FOLDER SEED COUNT`.

FOLDER holds a folder for each kind of file; those of data sets may have any name, "kept" and "model" are what they say.
"""

from __future__ import annotations

import gzip
import random
import resource
import shutil
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

from playground.errors import DataError, ModelFileError, SettingsError
from playground.model_file import load_model
from playground.own_data.importing import load, preview, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.storage import kept_summary, read_collection
from ui.classify.image_files import read_picture_file

_LIMIT_SECONDS = 2.0
_LIMIT_GROWTH_KB = 256 * 1024
_LONGEST_SENTENCE = 600


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, most often near the front where the sizes are; now and then cut, doubled or spliced."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        reach = min(len(changed), 64) if chance.random() < 0.5 else len(changed)
        place = chance.randrange(reach)
        changed[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256), changed[place] ^ 1))
    what = chance.random()
    if what < 0.2:
        del changed[chance.randrange(len(changed)) :]
    elif what < 0.3:
        start = chance.randrange(len(changed))
        changed[start:start] = changed[: chance.randrange(1, 200)]
    elif what < 0.35:
        start = chance.randrange(len(changed))
        del changed[start : start + chance.randrange(1, 40)]
    return bytes(changed)


def mutated_within(path: Path, chance: random.Random) -> bytes:
    """A packed file whose content has changed, packed again: its checksums are right, so that what is in it is read."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.compress(mutated(gzip.decompress(content), chance), 1)
    if path.suffix != ".npz":
        return mutated(content, chance)
    packed = BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(packed, "w", before.infolist()[0].compress_type) as after:
        victim = chance.choice(before.namelist())
        for name in before.namelist():
            member = before.read(name)
            after.writestr(name, mutated(member, chance) if name == victim else member)
    return packed.getvalue()


def open_completely(path: Path) -> None:
    """Everything that the program does with a data set from a file, up to the images."""
    source = open_source(path, read_picture_file)
    options = suggested_options(source)
    shown = preview(source, options)
    found = load(source, options).image_set
    assert len(found) > 0
    assert shown.class_names == options.class_names
    assert found.images.shape[1:] == (options.channels, options.image_size, options.image_size)


def open_kept(path: Path) -> None:
    """A data set that the program keeps between starts: its entry in the list, then all of it, which is fixed."""
    summary = kept_summary(path)
    collection = read_collection(path)
    assert (summary.images, summary.classes) == (len(collection), len(collection.classes))
    if len(collection):
        collection.relabel([0], len(collection.classes) - 1)


def open_model(path: Path) -> None:
    """A model, which classifies."""
    model = load_model(path)
    probabilities = model.predict(np.zeros((1, *model.settings.image_shape), np.float32))
    assert probabilities.shape == (1, len(model.class_names))


_OPENERS: dict[str, Callable[[Path], None]] = {"kept": open_kept, "model": open_model}


def main() -> int:
    """Prints, for each kind, how many files were opened and how many refused."""
    warnings.simplefilter("error")
    seeds, chance, count = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    kinds = sorted(entry for entry in seeds.iterdir())
    opened, refused = Counter[str](), Counter[str]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        kind = chance.choice(kinds)
        place = seeds.parent / "mutated"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(kind, place)
        files = sorted(file for file in place.rglob("*") if file.is_file())
        victim = chance.choice(files)
        victim.write_bytes(
            mutated_within(victim, chance) if chance.random() < 0.5 else mutated(victim.read_bytes(), chance)
        )
        attempt = _OPENERS.get(kind.name, open_completely)
        is_folder = attempt is open_completely and (kind.name == "folder" or chance.random() < 0.5)
        begin, sentence = time.process_time(), ""
        try:
            attempt(place if is_folder else victim)
            opened[kind.name] += 1
        except (DataError, SettingsError, ModelFileError) as error:
            refused[kind.name] += 1
            sentence = str(error)
        except BaseException:
            keep = seeds.parent / "failed"
            shutil.copytree(place, keep, dirs_exist_ok=True)
            sys.stderr.write(f"{kind.name}: {victim.name}\n")
            raise
        taken = time.process_time() - begin
        assert "\n" not in sentence, sentence
        assert len(sentence) < _LONGEST_SENTENCE, sentence
        assert taken < _LIMIT_SECONDS, (kind.name, taken)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < _LIMIT_GROWTH_KB, grown
    for kind in kinds:
        sys.stdout.write(f"{kind.name}: {opened[kind.name]} opened, {refused[kind.name]} refused\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
