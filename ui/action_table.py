"""The one table of what the user can do: menus, toolbar, keys and the help dialog are built from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ACTIONS", "ACTIONS_BY_ID", "MENUS", "SUBMENUS", "Action", "shortcut_text"]


@dataclass(frozen=True)
class Action:
    """One thing the user can do.

    shortcuts: in Qt's portable words, the first is shown in menus; plain_key: they work only where no focused widget
    uses the key itself; menu: a title of MENUS, or of SUBMENUS; icon: a name of ui.icons; separator: a line before
    it in the menu.
    """

    id: str
    text: str
    shortcuts: tuple[str, ...]
    tooltip: str
    menu: str
    icon: str = ""
    plain_key: bool = False
    checkable: bool = False
    group: str = ""
    repeats: bool = False
    separator: bool = False


MENUS = ("&File", "&Edit", "&Data", "&Training", "T&ime", "&View", "&Help")
SUBMENUS = {
    "View/Theme": "&Theme",
    "View/Zoom": "&Zoom",
    "File/Export": "&Export",
    "File/Recent sessions": "&Recent sessions",
}
"""What is under a title of MENUS, by path: its own title."""

_RECENT = "File/Recent sessions"

ACTIONS: tuple[Action, ...] = (
    Action("new_session", "&New session", ("Ctrl+N",), "Begin again with the same settings, in no file", "&File"),
    Action("open_session", "&Open session…", ("Ctrl+O",), "Go on with a session from a file", "&File"),
    Action("clear_recent", "&Clear the list", (), "Forget which sessions were open; the files stay", _RECENT),
    Action(
        "recover_session",
        "Reco&ver session",
        (),
        "Go on with what was kept when the program did not end well",
        "&File",
    ),
    Action("save_session", "&Save session", ("Ctrl+S",), "Keep all of the session in its file", "&File"),
    Action("save_session_as", "Save session &as…", ("Ctrl+Shift+S",), "Keep the session in another file", "&File"),
    Action("open_image", "Open &image…", ("Ctrl+Shift+I",), "Classify a picture from a file", "&File", separator=True),
    Action("open_data", "Open &data…", ("Ctrl+I",), "Train on a data set of your own", "&File"),
    Action("export_data", "&Data set…", ("Ctrl+E",), "Write your own data set to files", "File/Export"),
    Action(
        "export_derivation",
        "De&rivation…",
        ("Ctrl+Shift+T",),
        "Take the derivation home with its numbers: PDF, HTML, or Markdown with LaTeX",
        "File/Export",
        separator=True,
    ),
    Action(
        "export_script",
        "&NumPy script…",
        ("Ctrl+Shift+N",),
        "Take the step home as a script that computes every number again",
        "File/Export",
    ),
    Action(
        "export_onnx",
        "&ONNX…",
        (),
        "Write the network as ONNX, which most programs read",
        "File/Export",
        separator=True,
    ),
    Action(
        "export_pytorch",
        "&PyTorch…",
        (),
        "Write weights, images and a script with which PyTorch trains on",
        "File/Export",
    ),
    Action("export_history", "&Curves as CSV…", (), "Write every point of the curves as a table", "File/Export"),
    Action(
        "export_film",
        "&Filters forming as GIF…",
        (),
        "Write the filters of a conv block at the moments that are kept, as an animation",
        "File/Export",
    ),
    Action(
        "export_picture",
        "Picture of a &view…",
        (),
        "Keep a chart or another view as PNG or SVG",
        "File/Export",
        separator=True,
    ),
    Action("open_model", "Open &model…", ("Ctrl+Shift+O",), "Load a trained network", "&File", separator=True),
    Action("save_model", "Save mode&l…", ("Ctrl+Shift+M",), "Keep the trained network alone in a file", "&File"),
    Action("save_picture", "Save &picture of window…", ("Ctrl+P",), "Keep what the window shows as a PNG", "&File"),
    Action("quit", "&Quit", ("Ctrl+Q",), "Stop training and close the window", "&File", separator=True),
    Action(
        "undo",
        "&Undo",
        ("Ctrl+Z",),
        "Take back what was done last: a stroke, a changed number, a step",
        "&Edit",
    ),
    Action("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do again what was taken back last", "&Edit"),
    Action(
        "paste_image", "&Paste image", ("Ctrl+V",), "Classify the picture on the clipboard", "&Edit", separator=True
    ),
    Action("clear_drawing", "&Clear drawing", ("Ctrl+Backspace",), "Empty the drawing surface", "&Edit"),
    Action(
        "follow_drawing",
        "&Follow drawing",
        ("F",),
        "Show both passes, all derivatives and cells of your drawing, live, or of the image before again",
        "&Edit",
        plain_key=True,
        checkable=True,
    ),
    Action(
        "copy_working",
        "Copy &working",
        ("Ctrl+Shift+C",),
        "Copy how the cell that is explained comes about",
        "&Edit",
        separator=True,
    ),
    Action(
        "copy_latex", "Copy working as &LaTeX", ("Ctrl+Shift+L",), "The same, to paste into a LaTeX document", "&Edit"
    ),
    Action(
        "data_workshop",
        "Draw or &fix data…",
        ("Ctrl+Shift+D",),
        "Make a data set by drawing, or fix one, and train on it at any moment",
        "&Data",
    ),
    Action("fix_copy", "Fix &this data", (), "Open what the network learns, or a copy of it, in the workshop", "&Data"),
    Action("your_sets", "&Your data sets…", (), "Rename, delete or restore data sets that you opened or drew", "&Data"),
    Action("train", "&Train", ("Space",), "Train the network, or pause", "&Training", "play", plain_key=True),
    Action("step", "&Step", ("Right",), "Train on one batch", "&Training", "step", plain_key=True, repeats=True),
    Action(
        "step_back",
        "&Back",
        ("Left",),
        "Undo a step taken by hand, or look at the kept moment before",
        "&Training",
        "back",
        plain_key=True,
        repeats=True,
    ),
    Action(
        "reset",
        "&Reset",
        ("R",),
        "Start again: same seed, same weights, same order",
        "&Training",
        "reset",
        plain_key=True,
    ),
    Action(
        "new_seed", "&New seed", ("Shift+R",), "Start with other random weights", "&Training", "dice", plain_key=True
    ),
    Action(
        "bring_back",
        "Bring back the run be&fore",
        ("Ctrl+B",),
        "Show the run that was replaced, as it was left; the present one is kept in its place",
        "&Training",
    ),
    Action(
        "restore_last_good",
        "Restore &last good weights",
        ("Ctrl+Shift+R",),
        "Go back to before training diverged or all filters died, with a smaller learning rate",
        "&Training",
        separator=True,
    ),
    Action(
        "experiments",
        "E&xperiments…",
        ("Ctrl+Shift+E",),
        "Compare runs that differ in a setting, side by side or in a sweep, while this one goes on",
        "&Training",
    ),
    Action(
        "pretrained",
        "&Pretrained networks…",
        (),
        "Try on few images of a new task what a network brings that was trained before",
        "&Training",
    ),
    Action(
        "moment_before",
        "Moment &before",
        ("Shift+Left",),
        "Look at the kept moment before; the run itself waits",
        "T&ime",
        "before",
        plain_key=True,
        repeats=True,
    ),
    Action(
        "moment_after",
        "Moment &after",
        ("Shift+Right",),
        "Look at the next kept moment",
        "T&ime",
        "after",
        plain_key=True,
        repeats=True,
    ),
    Action(
        "play_moments",
        "&Play the moments",
        ("Shift+Space",),
        "Show one kept moment after the other, from here or from the start",
        "T&ime",
        "play",
        plain_key=True,
        checkable=True,
    ),
    Action(
        "newest_moment",
        "Return to the &newest step",
        ("Shift+End",),
        "Stop looking back and show the run where it stands; Esc does so, too",
        "T&ime",
        "newest",
        plain_key=True,
    ),
    Action(
        "compare_moments",
        "&Differences from this moment",
        ("D",),
        "Pin this moment as A and show every other one as B − A",
        "T&ime",
        plain_key=True,
        checkable=True,
        separator=True,
    ),
    Action("tab_1", "&Overview", ("1",), "A line for each array: size, zeros, spread", "&View", plain_key=True),
    Action("tab_2", "&Chain rule", ("2",), "The factors of a derivative, one at a time", "&View", plain_key=True),
    Action("tab_3", "One &batch", ("3",), "One step of training in slow motion", "&View", plain_key=True),
    Action("tab_4", "C&ell", ("4",), "All terms of the cell that was clicked", "&View", plain_key=True),
    Action("tab_5", "Blac&kboard", ("5",), "The lecture's lines, for blackboard examples", "&View", plain_key=True),
    Action("tab_6", "&Images", ("6",), "All images, what is taken for what, the classes", "&View", plain_key=True),
    Action("tab_7", "Laborator&y", ("7",), "Check, break and practise the derivation", "&View", plain_key=True),
    Action(
        "enlarge",
        "E&nlarge tabs",
        ("E",),
        "Give the tabs the room of the forward and backward pass, or give it back",
        "&View",
        plain_key=True,
        checkable=True,
    ),
    Action(
        "pin_cell",
        "&Pin cell",
        ("P",),
        "Pin the cell pointed at, or let it go",
        "&View",
        plain_key=True,
    ),
    Action("factor_back", "Fac&tor before", (",",), "The factor before, in the chain rule", "&View", plain_key=True),
    Action("factor_next", "Factor &after", (".",), "The next factor of the chain rule", "&View", plain_key=True),
    Action("factor_none", "A&ll factors", ("Esc",), "Choose no factor, dim nothing", "&View", plain_key=True),
    Action("next_area", "Ne&xt area", ("F6",), "Give the keys to the next part of the window", "&View", separator=True),
    Action("area_before", "A&rea before", ("Shift+F6",), "Give the keys to the part of the window before", "&View"),
    Action(
        "theme_system", "&System", (), "Light or dark as the system has it", "View/Theme", checkable=True, group="theme"
    ),
    Action("theme_light", "&Light", (), "Dark text on light ground", "View/Theme", checkable=True, group="theme"),
    Action("theme_dark", "&Dark", (), "Light text on dark ground", "View/Theme", checkable=True, group="theme"),
    Action("toggle_theme", "Switch light and &dark", ("Ctrl+D",), "Change between light and dark", "&View", "moon"),
    Action("zoom_in", "&Larger", ("Ctrl++", "Ctrl+="), "Draw everything larger", "View/Zoom"),
    Action("zoom_out", "&Smaller", ("Ctrl+-",), "Draw everything smaller", "View/Zoom"),
    Action("zoom_normal", "&100 %", ("Ctrl+0",), "Draw everything as large as the system has it", "View/Zoom"),
    Action(
        "full_screen", "&Full screen", ("F11",), "Use the whole screen, or the window again", "&View", separator=True
    ),
    Action(
        "help",
        "&Shortcuts and colours",
        ("H", "?", "F1"),
        "What the keys and colours mean",
        "&Help",
        "help",
        plain_key=True,
    ),
    Action(
        "first_steps",
        "&First steps",
        (),
        "What to try first, a thing at a time, in a small card beside the views",
        "&Help",
        separator=True,
    ),
    Action("guide", "&Guide", (), "What the window can do, in pictures", "&Help"),
    Action("glossary", "G&lossary", (), "The words of the field, a sentence each", "&Help"),
    Action("about", "&About", (), "Libraries, and where the digits are from", "&Help"),
)

ACTIONS_BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def shortcut_text(action: Action) -> str:
    """The keys of an action as people write them, "H or ?"; empty if it has none."""
    names = {"Right": "→", "Left": "←", "Shift+Right": "Shift+→", "Shift+Left": "Shift+←", "Ctrl+Backspace": "Ctrl+⌫"}
    return " or ".join(names.get(keys, keys) for keys in action.shortcuts)
