"""Opens mutated files in a process of its own, and reports what went wrong: `python -m … FOLDER SEED COUNT`."""

from __future__ import annotations

import random
import resource
import shutil
import sys
import time
import warnings
from pathlib import Path

from playground.errors import DataError, SettingsError
from playground.own_data.importing import load, preview, suggested_options
from playground.own_data.opening import open_source
from ui.classify.image_files import read_picture_file

_LIMIT_SECONDS = 2.0
_LIMIT_GROWTH_KB = 256 * 1024


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


def open_completely(path: Path) -> None:
    """Everything that the program does with a data set from a file, up to the images."""
    source = open_source(path, read_picture_file)
    options = suggested_options(source)
    shown = preview(source, options)
    found = load(source, options).image_set
    assert len(found) > 0
    assert shown.class_names == options.class_names
    assert found.images.shape[1:] == (options.channels, options.image_size, options.image_size)


def main() -> int:
    warnings.simplefilter("error")
    seeds, chance, count = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    kinds = sorted(entry for entry in seeds.iterdir())
    opened = refused = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        kind = chance.choice(kinds)
        place = seeds.parent / "mutated"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(kind, place)
        files = sorted(file for file in place.rglob("*") if file.is_file())
        victim = chance.choice(files)
        content = victim.read_bytes()
        victim.write_bytes(mutated(content, chance) if content else b"\0")
        begin, sentence = time.process_time(), ""
        try:
            open_completely(place if chance.random() < 0.5 or kind.name == "folder" else victim)
            opened += 1
        except (DataError, SettingsError) as error:
            refused += 1
            sentence = str(error)
        except BaseException:
            keep = seeds.parent / "failed"
            shutil.copytree(place, keep, dirs_exist_ok=True)
            sys.stderr.write(f"{kind.name}: {victim.name}\n")
            raise
        taken = time.process_time() - begin
        assert "\n" not in sentence, sentence
        assert taken < _LIMIT_SECONDS, (kind.name, taken)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < _LIMIT_GROWTH_KB, grown
    sys.stdout.write(f"{opened} opened, {refused} refused\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
