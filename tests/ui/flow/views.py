"""Flow views with a snapshot, what is seen of them, and the mouse over one."""

from PySide6.QtCore import QEvent, QPointF, Qt

from tests.ui.flow.snapshots import snapshot_of
from tests.ui.hands import mouse_at
from ui.cell_ref import sample_array
from ui.flow.heatmap import color_indices, color_table, is_signed, peak
from ui.flow.view import FlowView
from ui.theme import DARK


class ScaledView(FlowView):
    """A view on a screen with 1.5 device pixels a logical pixel."""

    def devicePixelRatioF(self):
        return 1.5


def view_of(qtbot, name="four filters", size=(780, 520), kind=FlowView):
    view = kind()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show_snapshot(snapshot_of(name))
    view.compose()
    return view


def expected_color(view, name, index, theme=DARK):
    values = sample_array(view.snapshot.trace, name)
    largest, finite = peak(values)
    cell = color_indices(values[index].reshape(1), largest, is_signed(name), finite)[0]
    return int(color_table(theme, is_signed(name))[cell])


def shown_color(view, name, index):
    x, y, width, height = view.flow_layout.cell_rect(name, index)
    return view.painted.frame.pixel(x + width // 2, y + height // 2)


def move_mouse(view, name, index, kind=QEvent.Type.MouseMove, button=Qt.MouseButton.NoButton):
    x, y, width, height = view.flow_layout.cell_rect(name, index)
    ratio = view.devicePixelRatioF()
    point = QPointF((x + width / 2) / ratio, (y + height / 2) / ratio)
    mouse_at(view, point, kind, button)
