"""The steps of the tour, as data: what to do, what to see, where, and when it is done. Every number is the live one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.snapshot import RunState
from ui.action_table import ACTIONS_BY_ID, shortcut_text
from ui.first_steps.parts import Part, array, button, lab_button, tab, whole
from ui.first_steps.standing import Standing
from ui.flow.bug_formulas import bug_formulas
from ui.flow.formulas import formulas
from ui.number_format import chosen_number, display_name, format_number, grouped, percent, significant_number

__all__ = ["STEPS", "Step"]


Words = str | Callable[[Standing], str]


@dataclass(frozen=True)
class Step:
    """One thing to try. do: what to do, as it stands; see: what is seen then. Each is one or two short sentences.

    where: the part that is outlined; watch: another one that must not be hidden either, or None.
    """

    title: str
    do: Words
    see: Words
    where: Callable[[Standing], Part]
    done: Callable[[Standing], bool]
    watch: Callable[[Standing], Part] | None = None

    def words(self, at: Standing) -> tuple[str, str]:
        """What to do and what to see, with the numbers of now."""
        do, see = (words if isinstance(words, str) else words(at) for words in (self.do, self.see))
        return do, see


def _key(action_id: str) -> str:
    return shortcut_text(ACTIONS_BY_ID[action_id])


def _is_training(at: Standing) -> bool:
    return at.now.state is RunState.TRAINING


def _loss_chart(at: Standing) -> Part:
    return whole(at.scene.loss)


# --- training ------------------------------------------------------------------------------------------------------


def _see_training(at: Standing) -> str:
    m = at.now.settings.batch_size
    images = "an image" if m == 1 else f"{grouped(m)} images"
    return f"A step shows {images} to the network and moves its weights. Steps so far: {grouped(at.now.step)}."


def _see_loss(at: Standing) -> str:
    first, now = at.first_loss, at.loss
    if first is None or now is None:
        return "The loss says how wrong the answers are."
    return (
        f"The loss says how wrong the answers are. On the training images it was {significant_number(first, 3)}, "
        f"now it is {significant_number(now, 3)}."
    )


def _has_halved(at: Standing) -> bool:
    first, now = at.first_loss, at.loss
    return first is not None and now is not None and now <= first / 2


def _do_step(at: Standing) -> str:
    pause = f"Press Pause ({_key('train')}), then " if _is_training(at) else "Press "
    return f"{pause}Step ({_key('step')})."


def _see_step(at: Standing) -> str:
    back = f"Back ({_key('step_back')}) takes it back."
    if not _stepped(at) or at.now.batch_loss is None:
        return f"One batch is trained on, then the run rests. {back}"
    loss = significant_number(at.now.batch_loss, 3)
    return f"Step {grouped(at.now.step)}: the loss of its batch was {loss}, and the weights moved once. {back}"


def _stepped(at: Standing) -> bool:
    return at.now.undo_target is not None and at.now.step > at.begun.step


# --- where numbers come from ---------------------------------------------------------------------------------------


def _number(at: Standing, value: float | None) -> str:
    decimals = int(at.scene.flow.decimals.currentData())
    return "…" if value is None else format_number(value, decimals)


def _see_cell(at: Standing) -> str:
    if at.pointed is None:
        return "The line beneath the passes spells the sum that makes it, and what goes into it is outlined."
    return (
        f"{at.pointed} = {_number(at, at.value(at.pointed))}: the outlined cells of X times the kernel w₁, plus b₁. "
        "The line beneath the passes spells the sum."
    )


def _do_terms(at: Standing) -> str:
    open_cell = f"open tab 4, Cell ({_key('tab_4')})."
    return f"Now {open_cell}" if at.pinned else f"Click a cell of z₁ to pin it, then {open_cell}"


def _see_terms(at: Standing) -> str:
    found = at.scene.flow.linker.explanation(at.pinned) if at.pinned else None
    if at.pinned is None or found is None:
        return "A pinned cell stays while the network trains."
    if not _has_terms(at):
        terms = f"all {grouped(found.found.count)} terms of its sum"
        return f"{at.pinned} is pinned, and stays so while the network trains. The tab lists {terms}."
    return (
        f"All {grouped(found.found.count)} terms of {at.pinned} are listed; they sum to "
        f"{_number(at, at.value(at.pinned))}. The pin stays while the network trains."
    )


def _has_terms(at: Standing) -> bool:
    return at.pinned is not None and at.scene.tabs.currentWidget() is at.scene.terms


def _where_terms(at: Standing) -> Part:
    return tab(at, 4) if at.pinned else array(at, "z1")


# --- the way back --------------------------------------------------------------------------------------------------


def _do_way_back(at: Standing) -> str:
    end = display_name(at.way[-1])
    if not at.reached:
        return f"Follow the gradient from L back to {end}: point at L, then at each array that is outlined."
    return f"Next: point at {display_name(at.station)}." if at.station else f"That was the whole way, from L to {end}."


def _see_way_back(at: Standing) -> str:
    if not at.reached:
        return "Every derivative is made from the one before: that is the chain rule."
    name = at.way[at.reached - 1]
    trace = at.now.trace
    of_bug = bug_formulas(name, trace.backward_names, at.now.bug_on)  # what the running code does, as the pass says
    texts = of_bug or formulas(name, trace.blocks, trace.activation == "softmax")
    made = f"{display_name(name)} = {texts[0]}." if texts else ""
    return f"{made} Every derivative is made from the one before."


def _where_way_back(at: Standing) -> Part:
    return array(at, at.station or at.way[-1])


# --- change something ----------------------------------------------------------------------------------------------


def _do_rate(at: Standing) -> str:
    if at.before_rate is not None and not _is_training(at):
        return f"Now train on ({_key('train')}) and look at the loss."
    return "Move the slider of the learning rate η, and train on."


def _see_rate(at: Standing) -> str:
    rate = chosen_number(at.now.settings.learning_rate)
    if at.before_rate is None:
        return f"η says how far a step goes against the gradient; now it is {rate}."
    was = chosen_number(at.before_rate.settings.learning_rate)
    if _has_broken(at):
        return f"η {was} → {rate}: that was too much. The message beneath says what happened, and has the way back."
    before, now = at.before_rate.evaluation, at.now.evaluation
    if before is None or now is None or not _has_new_loss(at):
        soon = f"with more steps, or at once with Pause ({_key('train')})" if _is_training(at) else "with more steps"
        return f"η {was} → {rate}, marked in the curves. The loss of all images comes {soon}."
    return (
        f"η {was} → {rate}, marked in the curves. The train loss went from "
        f"{significant_number(before.train_loss, 3)} to {significant_number(now.train_loss, 3)}."
    )


def _has_new_loss(at: Standing) -> bool:
    """Whether there are figures of weights that were trained with the new η, or none that could be computed."""
    if at.before_rate is None:
        return False
    if _has_broken(at):
        return True
    return at.now.evaluation is not None and at.now.evaluation.step > at.rate_since


def _has_broken(at: Standing) -> bool:
    return at.now.diagnosis is not None and bool(at.now.diagnosis.way_back)


def _do_draw(at: Standing) -> str:
    names = at.now.class_names
    several = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    return f"Draw one of its classes, {several}, under Classify."


def _see_draw(at: Standing) -> str:
    found = at.now.drawing_probabilities
    if not _is_read(at) or found is None:
        return "What the network makes of it stands beside it, after every stroke."
    best = int(np.argmax(found))
    return f"The network takes it for {at.now.class_names[best]}, with a probability of {percent(float(found[best]))}."


def _is_read(at: Standing) -> bool:
    return at.drawn and at.now.drawing_probabilities is not None


def _see_check(at: Standing) -> str:
    page = at.scene.laboratory.page
    check = getattr(page, "weight", None) if _is_checking(at) else None
    if check is None:
        return "A weight is moved a little, up and down; what the loss does is compared with its derivative."
    name = display_name(f"d{check.name}")
    return (
        f"{name} of one weight: backpropagation says {significant_number(check.backprop, 4)}, moving the weight "
        f"{significant_number(check.quotient.numeric, 4)}."
    )


def _is_checking(at: Standing) -> bool:
    panel = at.scene.laboratory
    return panel.isVisible() and panel.page is not None and panel.page.title == "Check"


STEPS = (
    Step(
        "Train",
        do=f"Press Train, at the top left, or {_key('train')}.",
        see=_see_training,
        where=lambda at: button(at, "train"),
        done=_is_training,
    ),
    Step(
        "Watch the loss fall",
        do="Let it train until the loss is half of what it began with.",
        see=_see_loss,
        where=_loss_chart,
        done=_has_halved,
        watch=lambda at: button(at, "train"),
    ),
    Step(
        "One step by hand",
        do=_do_step,
        see=_see_step,
        where=lambda at: button(at, "train" if _is_training(at) else "step"),
        done=_stepped,
    ),
    Step(
        "A number and its sum",
        do="Point at a cell of z₁, the first array after the image.",
        see=_see_cell,
        where=lambda at: array(at, "z1"),
        done=lambda at: at.pointed is not None,
        watch=lambda at: whole(at.scene.flow.strip),
    ),
    Step(
        "All of its terms",
        do=_do_terms,
        see=_see_terms,
        where=_where_terms,
        done=_has_terms,
        watch=lambda at: whole(at.scene.tabs),
    ),
    Step(
        "The way back",
        do=_do_way_back,
        see=_see_way_back,
        where=_where_way_back,
        done=lambda at: not at.station,
        watch=lambda at: whole(at.scene.flow.strip),
    ),
    Step(
        "Another learning rate",
        do=_do_rate,
        see=_see_rate,
        where=lambda at: whole(at.scene.training.learning_rate),
        done=_has_new_loss,
        watch=_loss_chart,
    ),
    Step(
        "Let it read your writing",
        do=_do_draw,
        see=_see_draw,
        where=lambda at: whole(at.scene.classify.canvas),
        done=_is_read,
        watch=lambda at: whole(at.scene.classify),
    ),
    Step(
        "Check it yourself",
        do=f"Open tab 7, Laboratory ({_key('tab_7')}), and its page Check.",
        see=_see_check,
        where=lambda at: lab_button(at, "Check") if at.scene.laboratory.isVisible() else tab(at, 7),
        done=_is_checking,
        watch=lambda at: whole(at.scene.laboratory),
    ),
)
