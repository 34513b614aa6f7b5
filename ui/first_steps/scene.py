"""What the tour knows of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.classify.panel import ClassifyPanel
from ui.deferred import Deferred
from ui.flow.panel import FlowPanel
from ui.laboratory.panel import LaboratoryPanel
from ui.tabs import Tabs
from ui.toolbar import Toolbar
from ui.training_panel import TrainingPanel

__all__ = ["Scene"]


@dataclass(frozen=True)
class Scene:
    """The views that its steps are about, and what the card must not cover.

    views: what they are in, beside the panels of controls; message: what needs attention, in words.
    """

    window: QWidget
    views: QWidget
    message: QWidget
    toolbar: Toolbar
    flow: FlowPanel
    tabs: Tabs
    terms: Deferred[Any]
    loss: Deferred[Any]
    laboratory: LaboratoryPanel
    training: TrainingPanel
    classify: ClassifyPanel
