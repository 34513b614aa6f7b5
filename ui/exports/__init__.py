"""Exports from the window: menu commands, and pictures of its views."""
