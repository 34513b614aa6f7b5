"""Several views want the next step taken apart."""

from __future__ import annotations

from ui.batch_watch import BatchWatch


class Worker:
    def __init__(self) -> None:
        self.asked: list[object] = []

    def watch_batch_step(self, source: object) -> None:
        self.asked.append(source)


def test_what_the_first_wants_counts_and_nothing_is_asked_twice(qapp: object) -> None:
    worker = Worker()
    watch = BatchWatch(worker, ("slow motion", "samples"))
    watch.want("samples", "batch")
    watch.want("slow motion", "batch")
    watch.want("samples", None)
    assert worker.asked == ["batch"]
    watch.want("slow motion", "sample")
    watch.want("samples", "batch")
    watch.want("slow motion", None)
    watch.want("samples", None)
    assert worker.asked == ["batch", "sample", "batch", None]
