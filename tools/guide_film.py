"""The animation of docs/guide.md, of a real run: `python -m tools.guide_film`."""

from __future__ import annotations

import sys
from pathlib import Path

from threadpoolctl import threadpool_limits

from playground.exports.film import film_of
from playground.exports.film_gif import FilmColors, export_film
from playground.session import Session
from playground.settings import Settings
from playground.timeline.timeline import Timeline
from ui.theme import DARK, diverging_map

PATH = Path("docs/pictures/filters.gif")
_EPOCHS = 3


def main() -> int:
    """Train the default network and write how its filters form."""
    with threadpool_limits(limits=1, user_api="blas"):
        session = Session(Settings())
        timeline = Timeline(session)
        for _ in range(_EPOCHS * session.steps_per_epoch):
            timeline.record_if_due(session)
            session.step()
    colors = FilmColors(diverging_map(DARK), DARK.panel, DARK.text, DARK.muted)
    export_film(PATH, film_of(timeline, session), colors)
    sys.stdout.write(f"{PATH} {PATH.stat().st_size // 1024} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
