"""A moment of a run as a NumPy script that computes it again, step by step, and asserts that it gets the same."""

from playground.take_home.script.writer import script_text

__all__ = ["script_text"]
