"""How this program starts itself, or one of its modules as a process, from source or installed.

An installed program is one executable that holds its own Python: there is no ``python -m`` then.
The executable runs a module instead where its first argument says so; ``app/__main__.py`` asks
for that before it does anything else.
"""

from __future__ import annotations

import os
import runpy
import sys
import warnings

MODULE_ARGUMENT = "--run-module"
"""First argument of the installed program when it shall be the module that comes next."""

MODULE_HERE_ARGUMENT = "--run-module-here"
"""The same for a module that imports what lies in the working folder."""

FIRST_PACKAGES_VARIABLE = "MASKWRIGHT_FIRST_PACKAGES"
"""Names a folder of packages that an installed program takes instead of its own of those names."""


def is_installed() -> bool:
    """True in an installed program, False where Python runs the source."""
    return bool(getattr(sys, "frozen", False))


def own_program() -> list[str]:
    """The first words of a command line; commands and options follow."""
    return [sys.executable] if is_installed() else [sys.executable, "-m", "app"]


def module_command(module: str, *, sees_working_folder: bool = False) -> list[str]:
    """The first words of a command line that runs a module as ``__main__``; its options follow."""
    if is_installed():
        return [
            sys.executable,
            MODULE_HERE_ARGUMENT if sees_working_folder else MODULE_ARGUMENT,
            module,
        ]
    return [sys.executable, *([] if sees_working_folder else ["-P"]), "-m", module]


def put_first_packages_first() -> None:
    """In an installed program: import from the folder that the environment names before others.

    Python asks the folders of its search path in turn, and what the program brings itself is
    behind one of them.
    """
    folder = os.environ.get(FIRST_PACKAGES_VARIABLE)
    if folder and is_installed() and folder not in sys.path:
        sys.path.insert(0, folder)


def run_module_if_asked() -> None:
    """In an installed program: become the module that the arguments name, and leave with it."""
    asked = len(sys.argv) > 2 and sys.argv[1] in (MODULE_ARGUMENT, MODULE_HERE_ARGUMENT)
    if not (asked and is_installed()):
        return
    if sys.argv[1] == MODULE_HERE_ARGUMENT:
        sys.path.insert(0, "")
    if os.environ.get("PYTHONWARNINGS") == "ignore":  # which an installed Python does not read
        warnings.simplefilter("ignore")
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit(0)
