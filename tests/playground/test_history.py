"""What a run keeps of its past."""

from __future__ import annotations

from playground.history import EVALUATION_SERIES, Event, History
from playground.loss_change import MEASURED_SERIES


def test_a_history_has_a_curve_for_the_loss_each_evaluation_and_each_gradient() -> None:
    expected = {"batch_loss", *EVALUATION_SERIES, *MEASURED_SERIES, "|dw1|", "|dw2|"}
    assert set(History(("dw1", "dw2")).series) == expected


def test_events_keep_their_order_and_a_reader_keeps_its_own() -> None:
    history = History()
    first = Event(1, "learning_rate", "η 0.1 → 0.01")
    history.mark(first)
    seen = history.events
    history.mark(Event(2, "batch_size", "m 32 → 64"))
    assert seen == (first,)
    assert [event.step for event in history.events] == [1, 2]


def test_a_copy_of_a_history_goes_on_by_itself() -> None:
    history = History(("dw1",))
    history.series["batch_loss"].append(1, 0.5)
    history.mark(Event(1, "learning_rate", "η 0.1 → 0.01"))
    twin = history.copy()
    twin.series["batch_loss"].append(2, 0.25)
    twin.mark(Event(2, "batch_size", "m 32 → 64"))
    assert (len(history.series["batch_loss"]), len(history.events)) == (1, 1)
    assert (twin.series["batch_loss"].last, len(twin.events)) == ((2, 0.25), 2)
    assert twin.series.keys() == history.series.keys()
