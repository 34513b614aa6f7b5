"""What lies over the views that show the numbers which the questions of a quiz ask for, until it is over."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from playground.snapshot import Snapshot
from ui.laboratory.panel import LaboratoryPanel
from ui.tabs import Tabs
from ui.theme import DARK, Theme

__all__ = ["Cover", "Covers", "Moment"]

_WORDS = "Covered until the quiz is over: the numbers asked for stand here."


@dataclass(frozen=True)
class Moment:
    """Whose numbers they are: as soon as the network has trained on, other ones are on screen."""

    run_id: int
    step: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> Moment:
        """That of a snapshot."""
        return cls(snapshot.run_id, snapshot.step)


class Cover(QWidget):
    """Covers a widget whole, in the colour of its ground. lifted() by "Look anyway", back_wanted() by the other button.

    frame: how wide the border of the widget is, which stays; back: whether there is a way back to the question, for
    where that is somewhere else.
    """

    lifted = Signal()
    back_wanted = Signal()

    def __init__(self, over: QWidget, name: str, *, frame: int = 0, back: bool = False) -> None:
        super().__init__(over)
        self._over, self._frame = over, frame
        self._theme = DARK
        words = QLabel(_WORDS)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        self.look = QPushButton("Look anyway")
        self.look.setToolTip("Show what is covered until the next question")
        self.look.clicked.connect(self.lifted)
        self.back = QPushButton("Back to the question")
        self.back.setVisible(back)
        self.back.clicked.connect(self.back_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.back, self.look):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.setAccessibleName(f"Cover of {name}")
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    def show_over(self, shown: bool) -> None:
        """Lie over the widget, or let it be seen: then none of its events comes by here."""
        if not shown and self.isHidden():
            return
        self._over.removeEventFilter(self)
        if shown:
            self._over.installEventFilter(self)
            self._follow()
        self.setVisible(shown)
        self.raise_()

    def _follow(self) -> None:
        frame = self._frame
        self.setGeometry(self._over.rect().adjusted(frame, frame, -frame, -frame))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the widget as it grows."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), QColor(self._theme.panel))


class Covers(QObject):
    """Covers the pass, the tabs and the other pages of the laboratory while questions on their numbers are asked.

    Practice itself is never covered; nothing is, once the network has trained on.
    """

    back_wanted = Signal()

    def __init__(self, flow: QWidget, tabs: Tabs, panel: LaboratoryPanel) -> None:
        super().__init__(flow)
        self._tabs, self._panel = tabs, panel
        self._asking: Moment | None = None
        self._shown: Moment | None = None
        self._lifted = False
        views = tabs.findChild(QStackedWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert views is not None, "a QTabWidget keeps its pages in a stack"
        self.flow = Cover(flow, "the forward and backward pass", frame=2)
        self.views = Cover(views, "this tab", back=True)
        self.pages = Cover(panel.stack, "this page", back=True)
        for cover in self._all:
            cover.lifted.connect(self._lift)
            cover.back_wanted.connect(self.back_wanted)
        tabs.currentChanged.connect(self._follow)
        panel.page_shown.connect(self._follow)

    @property
    def _all(self) -> tuple[Cover, ...]:
        return self.flow, self.views, self.pages

    @Slot(object)
    def ask(self, moment: Moment | None) -> None:
        """The next question on the numbers of a moment is asked, or (None) none is: a look ends with its question."""
        self._asking = moment
        self._lifted = False
        self._follow()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Whose numbers are on screen."""
        before, self._shown = self._shown, Moment.of(snapshot)
        if self._asking is not None and before != self._shown:
            self._follow()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for cover in self._all:
            cover.set_theme(theme)

    @Slot()
    def _lift(self) -> None:
        self._lifted = True
        self._follow()

    @Slot()
    def _follow(self) -> None:
        covered = self._asking is not None and self._asking == self._shown and not self._lifted
        in_laboratory = self._tabs.currentWidget() is self._panel
        page = self._panel.page
        asks_here = page is not None and page.title == "Practice"
        self.flow.show_over(covered)
        self.views.show_over(covered and not in_laboratory)
        self.pages.show_over(covered and in_laboratory and not asks_here)
