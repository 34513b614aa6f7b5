"""The errors a user can meet. Each message names the input, what is wrong with it and what would work."""

from __future__ import annotations

__all__ = [
    "AnswerError",
    "Cancelled",
    "DataError",
    "DivergedError",
    "EditError",
    "ExportError",
    "ImageError",
    "ModelFileError",
    "PlaygroundError",
    "SessionFileError",
    "SettingsError",
    "reason_of",
]


_LONGEST_REASON = 200


class PlaygroundError(Exception):
    """Base of every error that is shown to the user as a sentence instead of a traceback."""


class Cancelled(PlaygroundError):  # noqa: N818 - no error: what the user asked for
    """Raised by a progress callback to end what it is told about; nothing is changed then."""


class SettingsError(PlaygroundError, ValueError):
    """A setting is out of its range or does not fit the others."""


class DataError(PlaygroundError):
    """A data set is unknown, damaged or cannot be used for the chosen classes."""


class AnswerError(PlaygroundError):
    """What was typed as the answer to a question is no number."""


class EditError(PlaygroundError):
    """A number typed into a cell, or a class chosen for an image, cannot be used."""


class ExportError(PlaygroundError):
    """Something cannot be written for other programs, or the library that writes it is not installed."""


class ImageError(PlaygroundError):
    """A picture is empty, unreadable, of a wrong type or too large."""


class ModelFileError(PlaygroundError):
    """A model file cannot be read or written, or does not hold the network that it describes."""


class SessionFileError(PlaygroundError):
    """A session file cannot be read or written, or does not hold a session that could go on."""


class DivergedError(PlaygroundError):
    """Training produced a number that is no longer finite."""


def reason_of(error: Exception) -> str:
    """Why, in words: the system's reason without its number and the name of the file, which may be a temporary one.

    On one line and not long, whatever of a damaged file stands in it.
    """
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(reason.split())[:_LONGEST_REASON]
