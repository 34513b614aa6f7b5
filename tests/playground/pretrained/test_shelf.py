"""The networks that come with the program are what their cards say."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.errors import ModelFileError
from playground.pretrained import shelf
from playground.pretrained.shelf import LARGEST_BYTES, Card, load_pretrained, shipped
from playground.session import Session
from tools.train_pretrained import RECIPES


def test_each_recipe_is_shipped_with_its_card() -> None:
    assert {card.name for card in shipped()} == set(RECIPES)


@pytest.mark.parametrize("card", shipped(), ids=lambda card: card.name)
def test_a_card_tells_the_truth(card: Card) -> None:
    recipe = RECIPES[card.name]
    assert card.path.stat().st_size <= LARGEST_BYTES
    model = load_pretrained(card)
    assert (model.settings, card.seed, card.epochs) == (recipe.settings, recipe.settings.seed, recipe.epochs)
    session = Session(model.settings, weights=model.network.state_dict(), step=model.step)
    assert model.step == card.epochs * session.steps_per_epoch
    figures = session.evaluate()
    assert (figures.test_accuracy, figures.test_images) == (pytest.approx(card.test_accuracy), card.test_images)
    assert figures.test_accuracy > 0.97
    assert card.command == f"python -m tools.train_pretrained {card.name}"


def test_a_damaged_card_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "FOLDER", tmp_path)
    (tmp_path / "broken.json").write_text('{"title": "x"}')
    with pytest.raises(ModelFileError, match=r"broken\.json is damaged; restore it from the repository"):
        shipped()
