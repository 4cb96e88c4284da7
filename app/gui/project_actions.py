"""The actions on projects and their cases: text, icon, shortcut and tooltip."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

PROJECT_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "new_project",
        "New project…",
        "folder-plus-outline",
        "Make a folder that keeps cases, masks and reviews together",
        ("Ctrl+Shift+N",),
    ),
    ActionSpec(
        "open_project",
        "Open project…",
        "folder-star-outline",
        "Open a project folder",
        ("Ctrl+P",),
    ),
    ActionSpec("close_project", "Close project", "folder-remove-outline", "Go back to single CTs"),
    ActionSpec(
        "project_settings",
        "Project settings…",
        "cog-outline",
        "Say who may approve, where CTs lie, and draw the split",
    ),
    ActionSpec(
        "add_folder",
        "Add folder…",
        "folder-multiple-plus-outline",
        "Add every CT in a folder as a case",
        ("Ctrl+Shift+A",),
    ),
    ActionSpec("add_files", "Add CT files…", "file-plus-outline", "Add CT files as cases"),
    ActionSpec(
        "add_data_set",
        "Add labelled data set…",
        "database-plus-outline",
        "Add a Decathlon, nnU-Net or MONAI data set with its labels and splits",
    ),
    ActionSpec(
        "segment_new_cases",
        "Segment all new cases",
        "auto-fix",
        "Let the model segment every case that has no labels yet; you can go on working",
    ),
    ActionSpec(
        "improve_model",
        "Improve the model…",
        "school-outline",
        "Let the model learn from the approved cases; it is used only if it proves better",
    ),
    ActionSpec("find_case", "Find case", "magnify", "Search the list of cases", ("Ctrl+F",)),
    ActionSpec(
        "next_undone",
        "Next case to do",
        "skip-next-outline",
        "Open the next case that is not done",
        ("Alt+Down",),
    ),
    ActionSpec(
        "previous_undone",
        "Previous case to do",
        "skip-previous-outline",
        "Open the previous case that is not done",
        ("Alt+Up",),
    ),
    ActionSpec(
        "submit_case",
        "Submit",
        "send-outline",
        "Save a version and ask for its review",
        ("Ctrl+Shift+Return",),
        repeats=False,
    ),
    ActionSpec(
        "approve_case",
        "Approve",
        "check-decagram-outline",
        "Check the mask, approve it, and open the next case to do",
        ("Ctrl+Return",),
        repeats=False,
    ),
    ActionSpec(
        "return_case",
        "Return…",
        "undo-variant",
        "Send the case back with a comment at the crosshair",
        ("Ctrl+Shift+R",),
    ),
    ActionSpec(
        "comment_case",
        "Comment…",
        "comment-plus-outline",
        "Write a comment at the crosshair",
        ("Ctrl+M",),
    ),
    ActionSpec(
        "flag_case",
        "Flag",
        "flag-outline",
        "Mark this case to come back to it",
        ("Ctrl+G",),
        repeats=False,
        is_checkable=True,
    ),
    ActionSpec(
        "exclude_case", "Exclude…", "cancel", "Take this case out of the work, with a reason"
    ),
    ActionSpec("reopen_case", "Reopen", "restore", "Put an approved or excluded case back to work"),
    ActionSpec(
        "check_case",
        "Check quality",
        "clipboard-check-outline",
        "Look for holes, islands and what else is unlikely in the mask",
        ("Ctrl+K",),
    ),
    ActionSpec("export", "Export…", "export", "Write masks for other programs", ("Ctrl+E",)),
    ActionSpec(
        "show_cases",
        "Show cases",
        "view-list-outline",
        "Show or hide the list of cases",
        ("F8",),
        is_checkable=True,
    ),
    ActionSpec(
        "show_review",
        "Show review",
        "clipboard-text-clock-outline",
        "Show or hide checks, comments and versions of the open case",
        ("F9",),
        is_checkable=True,
    ),
)
