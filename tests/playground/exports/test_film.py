"""The animation shows weights that training really had, at steps that it names, on one scale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.errors import ExportError
from playground.exports.film import MOST_FRAMES, Film, film_of
from playground.exports.film_gif import FilmColors, export_film
from playground.session import Session
from playground.settings import Settings
from playground.timeline.timeline import Timeline

SETTINGS = Settings("blackboard-5x5", (0, 1), 2, (2,), 4, learning_rate=0.5)
GREYS = np.arange(255, dtype=np.uint8)[:, np.newaxis].repeat(3, axis=1)
COLORS = FilmColors(GREYS, "#102030", "#ffffff", "#808080")


def trained(steps: int) -> tuple[Film, dict[int, np.ndarray]]:
    """(the film of a run, its kernels at every step)."""
    session = Session(SETTINGS)
    timeline = Timeline(session)
    kernels = {0: session.state_dict()["conv1.weight"]}
    for step in range(1, steps + 1):
        timeline.record_if_due(session)
        session.step()
        kernels[step] = session.state_dict()["conv1.weight"]
    return film_of(timeline, session), kernels


def test_each_frame_has_the_weights_of_its_step_from_the_first_to_the_last() -> None:
    film, kernels = trained(40)
    assert film.steps == tuple(range(41))
    for step, shown in zip(film.steps, film.kernels, strict=True):
        np.testing.assert_array_equal(shown, kernels[step])
    assert film.sentence == "all 41 kept moments: every step"


def test_the_kernels_of_a_later_block_can_be_shown() -> None:
    session = Session(Settings("shapes", (0, 1), 3, (2, 3)))
    timeline = Timeline(session)
    timeline.record_if_due(session)
    session.step()
    film = film_of(timeline, session, block=2)
    assert film.steps == (0, 1)
    assert film.kernels[1].shape == (3, 2, 3, 3)
    np.testing.assert_array_equal(film.kernels[1], session.state_dict()["conv2.weight"])


def test_of_many_moments_a_part_is_shown_which_is_said() -> None:
    film, kernels = trained(300)
    assert len(film.steps) == MOST_FRAMES
    assert (film.steps[0], film.steps[-1]) == (0, 300)
    assert film.sentence.startswith(f"{MOST_FRAMES} of {film.kept} kept moments")
    np.testing.assert_array_equal(film.kernels[-1], kernels[300])


def test_the_gif_has_a_frame_a_moment_with_the_colours_of_its_weights(tmp_path: Path) -> None:
    film, _ = trained(12)
    export_film(tmp_path / "f.gif", film, COLORS)
    with Image.open(tmp_path / "f.gif") as gif:
        assert gif.n_frames == 13
        assert gif.info["loop"] == 0
        for number in (0, 5, 12):
            gif.seek(number)
            pixels = np.asarray(gif.convert("RGB"))
            first = film.kernels[number].reshape(-1, 2, 2)[0]
            for row in range(2):
                for column in range(2):
                    shade = int(pixels[32 + 15 + 30 * row, 12 + 15 + 30 * column, 0])
                    assert shade == pytest.approx(127 + 127 * first[row, column] / film.scale, abs=2)


def test_kernels_of_colour_images_have_a_tile_a_channel(tmp_path: Path) -> None:
    kernels = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
    export_film(tmp_path / "f.gif", Film((0, 9), (kernels, -kernels), 2, "every 9th step"), COLORS)
    with Image.open(tmp_path / "f.gif") as gif:
        assert gif.n_frames == 2
        pixels = np.asarray(gif.convert("RGB"))[:, :, 0]
        for kernel in np.ndindex(4, 3):
            top, left = 32 + 66 * kernel[1], 12 + 66 * kernel[0]
            shown = pixels[top + 10 : top + 60 : 20, left + 10 : left + 60 : 20]
            np.testing.assert_allclose(shown, 127 + 127 * kernels[kernel] / np.abs(kernels).max(), atol=2)


@pytest.mark.parametrize("shape", [(16, 8, 5, 5), (32, 32, 3, 3), (32, 3, 11, 11), (32, 1, 11, 11)])
def test_the_kernels_of_any_block_fit_a_page_each_with_all_its_cells(
    tmp_path: Path, shape: tuple[int, int, int, int]
) -> None:
    kernels = np.linspace(-1, 1, np.prod(shape)).reshape(shape).astype(np.float32)
    export_film(tmp_path / "f.gif", Film((0,), (kernels,), 1, "every step", block=2), COLORS)
    with Image.open(tmp_path / "f.gif") as gif:
        assert gif.size[0] <= 600
        assert gif.size[1] <= 660
        shades = set(np.asarray(gif.convert("RGB"))[:, :, 2].flatten().tolist())
    assert len(shades) > 250


def test_there_is_no_tile_where_there_is_no_kernel(tmp_path: Path) -> None:
    export_film(tmp_path / "f.gif", Film((0,), (np.zeros((9, 1, 3, 3), np.float32),), 1, "every step"), COLORS)
    with Image.open(tmp_path / "f.gif") as gif:
        pixels = np.asarray(gif.convert("RGB"))
    assert pixels[32 + 66 + 30, 12 + 30].tolist() == [127, 127, 127]
    assert pixels[32 + 66 + 30, 12 + 66 + 30].tolist() == [0x10, 0x20, 0x30]


def test_weights_that_are_all_zero_have_the_colour_of_zero(tmp_path: Path) -> None:
    export_film(tmp_path / "f.gif", Film((0,), (np.zeros((1, 1, 3, 3), np.float32),), 1, "every step"), COLORS)
    with Image.open(tmp_path / "f.gif") as gif:
        assert int(np.asarray(gif.convert("RGB"))[40, 20, 0]) == pytest.approx(127, abs=1)


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    film, _ = trained(1)
    with pytest.raises(ExportError, match=r"f\.gif cannot be written"):
        export_film(tmp_path / "nothing" / "f.gif", film, COLORS)
