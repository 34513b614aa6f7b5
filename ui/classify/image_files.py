"""Reading pictures from files, the clipboard and drops: bounded, and every refusal said in one sentence."""

from __future__ import annotations

import stat
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from playground.errors import ImageError, reason_of
from ui.classify.orientation import orientation_of, turned

__all__ = [
    "DECODERS",
    "FORMATS",
    "LONG_SIDE",
    "MAX_FILE_BYTES",
    "gray_from_qimage",
    "pixels_from_qimage",
    "read_image_file",
    "read_picture_file",
]

FORMATS = (
    "png", "jpeg", "bmp", "gif", "webp", "tiff", "pbm", "pgm", "ppm", "xbm", "xpm", "ico", "cur", "icns", "tga", "wbmp"
)  # fmt: skip
"""What is read, by content, not by name. SVG stays out: a few bytes of it can ask for any amount of work."""

_TOLD_BY_NAME = ("tga", "wbmp", "ico", "cur")
"""Formats without a mark that only they have: of these, and only of these, the name decides."""

DECODERS = ("libpng ", "qt.gui.imageio")
"""How lines begin that Qt's decoders write to the terminal about a damaged picture."""

MAX_FILE_BYTES = 32 * 2**20
LONG_SIDE = 1024
"""Larger pictures are scaled down to this many pixels while they are read."""

_MAX_PIXELS = 50_000_000
_MAX_MEGABYTES = 64

_KINDS = "PNG, JPEG, BMP, GIF, WebP, TIFF or PPM"
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # weights of red, green and blue in brightness, ITU-R BT.601


def read_image_file(path: str | Path) -> NDArray[np.uint8]:
    """Brightness (rows, columns) of a picture file, 0 to 255, scaled down to at most 1024 pixels on its long side.

    Turned as its EXIF data says, transparent parts as white paper, of an animation the first picture. Needs no
    QApplication. Raises ImageError naming the file if it is missing, no regular file, empty, no picture of a known
    format, damaged, or too large.
    """
    return gray_from_qimage(_read(Path(path)))


def read_picture_file(path: str | Path) -> NDArray[np.uint8]:
    """As `read_image_file`, in colour: (rows, columns, 3) red, green and blue, or (rows, columns) if all is grey."""
    return pixels_from_qimage(_read(Path(path)))


def _read(path: Path) -> QImage:
    content = _bounded_content(path)
    # the buffer refers to the bytes and the reader to the buffer: both must live as long as the reader
    stored = QByteArray(content)
    buffer = QBuffer(stored)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(_MAX_MEGABYTES)
    reader = QImageReader(buffer)
    try:
        return _decoded(path, content, reader)
    finally:
        # what decodes a TIFF looks at the buffer once more when it goes
        reader.setDevice(None)  # type: ignore[arg-type]  # the stubs lack Qt's null pointer


def _decoded(path: Path, content: bytes, reader: QImageReader) -> QImage:
    by_name = path.suffix.lower().removeprefix(".")
    if by_name in _TOLD_BY_NAME:
        reader.setAutoDetectImageFormat(False)
        reader.setFormat(by_name.encode())
    reader.setDecideFormatFromContent(by_name not in _TOLD_BY_NAME)
    reader.setAutoTransform(True)
    kind = bytes(reader.format().data()).decode("ascii", "replace") if reader.canRead() else ""
    if kind not in FORMATS or (kind in _TOLD_BY_NAME and kind != by_name):
        raise ImageError(f"{path} is not a {_KINDS} picture, whatever its name says; save it as PNG and try again.")
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise ImageError(f"{path} is damaged: it does not say how large its picture is; save it again as PNG.")
    if size.width() * size.height() > _MAX_PIXELS:
        raise ImageError(_too_large(path, size))
    if max(size.width(), size.height()) > LONG_SIDE:
        reader.setScaledSize(
            size.scaled(LONG_SIDE, LONG_SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        )
    image = reader.read()
    if image.isNull() and size.width() * size.height() * 4 > _MAX_MEGABYTES * 2**20:
        raise ImageError(_too_large(path, size))
    if image.isNull() or _is_cut_short(content, kind):
        raise ImageError(f"{path} is damaged or incomplete; copy it again or save it again as PNG.")
    return turned(image, orientation_of(content, kind))


def pixels_from_qimage(image: QImage) -> NDArray[np.uint8]:
    """Colours of an image as `read_picture_file` gives them; raises ImageError if there is none."""
    image = _reduced_image(image)
    if not image.hasAlphaChannel():
        if image.allGray():
            return _rows(image.convertToFormat(QImage.Format.Format_Grayscale8), channels=1)[:, :, 0]
        return _rows(image.convertToFormat(QImage.Format.Format_RGB888), channels=3)
    pixels = _rows(image.convertToFormat(QImage.Format.Format_RGBA8888), channels=4).astype(np.float32)
    opacity = pixels[:, :, 3:] / 255
    on_white = np.clip(np.round(pixels[:, :, :3] * opacity + 255 * (1 - opacity)), 0, 255).astype(np.uint8)
    is_grey = bool((on_white == on_white[:, :, :1]).all())
    return on_white[:, :, 0] if is_grey else on_white


def gray_from_qimage(image: QImage) -> NDArray[np.uint8]:
    """Brightness of an image as `read_image_file` gives it, for the clipboard; raises ImageError if there is none."""
    image = _reduced_image(image)
    if not image.hasAlphaChannel():
        return _rows(image.convertToFormat(QImage.Format.Format_Grayscale8), channels=1)[:, :, 0]
    pixels = _rows(image.convertToFormat(QImage.Format.Format_RGBA8888), channels=4).astype(np.float32)
    opacity = pixels[:, :, 3] / 255
    on_white = pixels[:, :, :3] @ _LUMA * opacity + 255 * (1 - opacity)
    return np.clip(np.round(on_white), 0, 255).astype(np.uint8)


def _reduced_image(image: QImage) -> QImage:
    if image.isNull():
        raise ImageError(f"There is no picture; copy or open a {_KINDS} picture.")
    if max(image.width(), image.height()) > LONG_SIDE:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(_reduced(image.size()), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return image


def _reduced(size: QSize) -> QSize:
    return size.scaled(LONG_SIDE, LONG_SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def _rows(image: QImage, channels: int) -> NDArray[np.uint8]:
    """A copy (rows, columns, channels) of an image of one byte a channel, without the padding of its rows."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    # constBits does not keep the image alive: what leaves this function must be a copy
    return rows[:, : image.width() * channels].reshape(image.height(), image.width(), channels).copy()


def _bounded_content(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ImageError(f"{path} is a folder; name a {_KINDS} picture in it.")
        if not stat.S_ISREG(mode):
            raise ImageError(f"{path} is not a regular file; name a {_KINDS} picture.")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise ImageError(f"{path} does not exist; check the name.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"{path} cannot be read ({reason_of(error)}); check the name and the permissions.") from error
    if not content:
        raise ImageError(f"{path} is empty; name a {_KINDS} picture.")
    if len(content) > MAX_FILE_BYTES:
        raise ImageError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB; save a smaller picture.")
    return content


def _is_cut_short(content: bytes, kind: str) -> bool:
    """True for a JPEG or BMP that ends within its pixels: Qt reads these with the rest in grey or black."""
    if kind == "jpeg":
        # the last scan must be closed by an end marker; within a scan none occurs by chance (0xFF is escaped there)
        return content.rfind(b"\xff\xd9") < content.rfind(b"\xff\xda")
    return kind == "bmp" and len(content) < _bmp_length(content)


def _bmp_length(content: bytes) -> int:
    """Bytes that a BMP needs for its pixels, from its header: the start of the rows, then rows padded to four bytes."""
    start, header_size, width, height, _, bits, compression = struct.unpack_from("<IIiiHHI", content, 10)
    is_plain = header_size >= 40 and compression in (0, 3)
    return start + (width * bits + 31) // 32 * 4 * abs(height) if is_plain else 0


def _too_large(path: Path, size: QSize) -> str:
    return f"{path} has {size.width()}×{size.height()} pixels, too many to read; scale it down to 4000×4000 or less."
