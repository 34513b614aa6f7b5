"""Pictures are read from what they contain, turned and flattened as a person sees them, and refused in words."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from playground.errors import ImageError
from ui.classify.image_files import LONG_SIDE, MAX_FILE_BYTES, gray_from_qimage, read_image_file, read_picture_file
from ui.classify.orientation import orientation_of

# Qt reports what is wrong with a damaged picture; here that is what is tested
pytestmark = pytest.mark.qt_log_ignore("QImageIOHandler|JPEG|qt.gui.imageio")

REPOSITORY = Path(__file__).resolve().parents[3]
GIF = bytes.fromhex("474946383961020001008000000000 00ffffff2c00000000020001000002024c0a003b".replace(" ", ""))


def picture(height: int = 30, width: int = 21) -> NDArray[np.uint8]:
    """Smooth, lighter towards the right and darker downwards, so that a turned one is noticed."""
    rows, columns = np.mgrid[:height, :width]
    return np.round(120 + 120 * columns / width - 100 * rows / height).astype(np.uint8)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape
    return QImage(np.ascontiguousarray(pixels).data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def encoded(image: QImage, kind: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind, 95)
    return buffer.data().data()


def png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, body, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def photo(pixels: NDArray[np.uint8], kind: str, orientation: int) -> bytes:
    """A picture as another program writes it, with EXIF data that say how the camera was held."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = BytesIO()
    Image.fromarray(pixels).save(stored, kind, exif=exif, quality=95)
    return stored.getvalue()


@pytest.mark.parametrize(("kind", "tolerance"), [("png", 0), ("bmp", 0), ("jpg", 6), ("webp", 6)])
def test_each_format_gives_the_pixels_that_were_saved(tmp_path: Path, kind: str, tolerance: int) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(encoded(image_of(picture()), kind))
    found = read_image_file(path)
    assert found.dtype == np.uint8
    np.testing.assert_allclose(found.astype(int), picture(), atol=tolerance)


@pytest.mark.parametrize("kind", ["tiff", "ppm", "pgm", "ico", "xpm"])
def test_formats_that_are_seldom_met_are_read_too(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(encoded(image_of(picture()), kind))
    np.testing.assert_array_equal(read_image_file(path), picture())


def test_a_format_without_a_mark_needs_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.tga").write_bytes(TGA)
    assert read_image_file(tmp_path / "a.tga").shape == (2, 2)


def test_a_picture_is_read_in_its_colours_or_as_grey(tmp_path: Path) -> None:
    colours = QImage(3, 2, QImage.Format.Format_RGB32)
    colours.fill(QColor(10, 20, 30))
    path = tmp_path / "a.png"
    path.write_bytes(encoded(colours, "png"))
    np.testing.assert_array_equal(read_picture_file(path), np.full((2, 3, 3), (10, 20, 30)))
    path.write_bytes(encoded(image_of(picture()), "png"))
    np.testing.assert_array_equal(read_picture_file(path), picture())


def test_transparent_colours_lie_on_white_paper(tmp_path: Path) -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(255, 0, 0, 255))
    image.setPixelColor(1, 0, QColor(255, 0, 0, 0))
    path = tmp_path / "a.png"
    path.write_bytes(encoded(image, "png"))
    np.testing.assert_array_equal(read_picture_file(path), [[[255, 0, 0], [255, 255, 255]]])


def test_a_gif_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(GIF)
    assert read_image_file(tmp_path / "a.gif").shape == (1, 2)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(encoded(image_of(picture()), "png"))
    np.testing.assert_array_equal(read_image_file(path), picture())


TURNED: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: np.asarray,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).T,
    8: np.rot90,
}
"""What a person saw whose camera stored a picture with this number, as EXIF has it."""


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("kind", ["jpeg", "tiff", "webp", "png"])
def test_a_photo_is_turned_as_its_camera_says(tmp_path: Path, kind: str, orientation: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(photo(picture(), kind, orientation))
    np.testing.assert_allclose(read_image_file(path).astype(int), TURNED[orientation](picture()).astype(int), atol=6)


def test_transparent_parts_are_white_paper(tmp_path: Path) -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(0, 0, 0, 0))
    image.setPixelColor(1, 0, QColor(0, 0, 0, 128))
    path = tmp_path / "a.png"
    path.write_bytes(encoded(image, "png"))
    np.testing.assert_allclose(read_image_file(path), [[255, 127]], atol=1)


def test_colors_count_by_how_bright_they_look() -> None:
    shades = []
    for color in ("red", "green", "blue", "white", "black"):
        image = QImage(1, 1, QImage.Format.Format_RGB32)
        image.fill(QColor(color))
        shades.append(int(gray_from_qimage(image)[0, 0]))
    red, green, blue, white, black = shades
    assert black == 0 < blue < red < white == 255
    assert blue < green < white


def test_a_large_picture_is_scaled_down_keeping_its_aspect(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(image_of(picture(1500, 3000)), "png"))
    assert read_image_file(path).shape == (LONG_SIDE // 2, LONG_SIDE)


def test_a_large_clipboard_image_is_scaled_down_too() -> None:
    assert gray_from_qimage(image_of(picture(4000, 2))).shape == (LONG_SIDE, 1)


def test_a_phone_photo_of_twelve_megapixels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(image_of(np.full((3000, 4000), 200, np.uint8)), "jpg"))
    assert read_image_file(path).shape == (768, 1024)


def test_an_empty_clipboard_is_no_picture() -> None:
    with pytest.raises(ImageError, match="There is no picture"):
        gray_from_qimage(QImage())


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>'
TGA = bytes([0, 0, 2, *[0] * 9, 2, 0, 2, 0, 24, 32]) + bytes(20) + b"TRUEVISION-XFILE.\0"
PNG = encoded(image_of(picture()), "png")
JPEG = encoded(image_of(picture()), "jpg")
BMP = encoded(image_of(picture()), "bmp")
WEBP = encoded(image_of(picture()), "webp")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"this is a letter to a friend", "not a PNG, JPEG"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (PNG[: len(PNG) // 2], "damaged or incomplete"),
        (JPEG[: len(JPEG) - 30], "damaged or incomplete"),
        (BMP[: len(BMP) // 2], "damaged or incomplete"),
        (WEBP[: len(WEBP) // 2], "damaged or incomplete"),
        (png_header(60000, 60000), "60000×60000 pixels, too many"),
        (png_header(6000, 6000), "6000×6000 pixels, too many"),
        (png_header(2**31 - 1, 1), "damaged|too many|not a PNG"),
        (png_header(0, 0), "damaged|not a PNG"),
        (png_header(300, 300), "damaged or incomplete"),
        (SVG, "not a PNG, JPEG"),
        (b"P5 200 200 255\n" + bytes(4), "damaged or incomplete"),
        (TGA, "not a PNG, JPEG"),
    ],
    ids=[
        "empty",
        "text",
        "signature only",
        "cut PNG",
        "cut JPEG",
        "cut BMP",
        "cut WebP",
        "absurd size",
        "too large for its memory",
        "absurd width",
        "no size",
        "pixels missing",
        "SVG",
        "cut PGM",
        "TGA by another name",
    ],
)
def test_what_is_no_good_picture_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=message) as caught:
        read_image_file(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_image_file(tmp_path / "nothing.png")
    with pytest.raises(ImageError, match="is a folder"):
        read_image_file(tmp_path)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        read_image_file("a\0b.png")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImageError, match="not a regular file"):
        read_image_file(tmp_path / "pipe")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    os.truncate(path, MAX_FILE_BYTES + 1)
    with pytest.raises(ImageError, match="larger than 32 MB"):
        read_image_file(path)


def test_damaged_pictures_never_crash_and_keep_memory_bounded(tmp_path: Path) -> None:
    # in a process of its own: a crash in an image library must not take the tests along
    script = """
import pathlib, random, resource, sys
from playground.errors import ImageError
from ui.classify.image_files import read_image_file
folder = pathlib.Path(sys.argv[1])
seeds = [path.read_bytes() for path in sorted(folder.glob("seed*"))]
chance = random.Random(0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(600):
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if chance.random() < 0.3:
        del content[chance.randrange(len(content)):]
    (folder / "a").write_bytes(content)
    try:
        found = read_image_file(folder / "a")
    except ImageError:
        continue
    assert found.ndim == 2 and 0 < max(found.shape) <= 1024, found.shape
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
assert grown < 160, grown
print("done")
"""
    others = [encoded(image_of(picture()), kind) for kind in ("tiff", "pgm", "ppm", "ico", "xpm", "xbm")]
    for number, content in enumerate((PNG, JPEG, BMP, WEBP, GIF, *others)):
        (tmp_path / f"seed{number}").write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "done\n"), ended.stderr[-2000:]


@pytest.mark.parametrize("kind", ["webp", "png"])
def test_an_orientation_that_cannot_be_leaves_a_picture_as_it_is(tmp_path: Path, kind: str) -> None:
    content = photo(picture(), kind, 6)
    place = content.index(b"MM\0*") if b"MM\0*" in content else content.index(b"II*\0")
    for changed in (b"JJ\0*", b"MM\0*\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\0"):
        damaged = content[:place] + changed + content[place + len(changed) :]
        assert orientation_of(damaged, kind) == 1
    for number in (0, 9, 300):
        (tmp_path / "a").write_bytes(photo(picture(), kind, number))
        np.testing.assert_allclose(read_image_file(tmp_path / "a").astype(int), picture().astype(int), atol=6)
    assert all(orientation_of(content[:end], kind) in (1, 6) for end in range(len(content)))
