"""Start no program but those that are named here: it would run beside the engine's socket.

Clients of storage know configurations that name a program: `credential_process` of an AWS profile,
`executable` of a Google credential, `ProxyCommand` of SSH. Such a configuration may come with a
repository.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import TYPE_CHECKING

from dvc.exceptions import DvcException

if TYPE_CHECKING:
    from types import FrameType

# Whose calls may start what: modules of Python's own that ask the system, and clients of Git.
MAY_START = {
    "dvc.stage.run": {"sibling"},
    "git": {"git"},
    "scmrepo": {"git", "ssh"},
    "dulwich": {"git", "ssh"},
    "ctypes.util": {"ldconfig", "gcc", "cc", "ld", "objdump", "sh"},
    "platform": {"uname"},
    "multiprocessing": {os.path.basename(sys.executable)},
}

# Between who asks for a program and the event.
WAYS = {"subprocess", "os", "pty", "asyncio", "threading", "concurrent", "contextlib", "_bootstrap"}

# Audit events of Python's (docs.python.org, "Audit events table").
EVENTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"}


class ProgramRefusedError(DvcException, PermissionError):
    """Something other than what is named here was to be started.

    For a client that only looks whether a program is there, it is none that may be run.
    """


def guard() -> None:
    """Refuse every other program, from now on, whoever asks for it."""
    sys.addaudithook(refuse_others)


def refuse_others(event: str, details: tuple) -> None:
    if event not in EVENTS:
        return
    program = _program(event, details)
    asker = _asker(sys._getframe(1))
    owner = next((each for each in MAY_START if f"{asker}.".startswith(f"{each}.")), None)
    name = os.path.basename(program)
    if owner is None or name not in MAY_START[owner]:
        client = asker.partition(".")[0]
        raise ProgramRefusedError(f"{client} would start a program, {name}, beside the engine")


def _program(event: str, details: tuple) -> str:
    """What is to be started; of a shell's command the shell."""
    if event == "os.system":
        return "sh"
    first = details[1] if event == "os.spawn" else details[0]
    if event == "subprocess.Popen" and not first:
        arguments = details[1]
        first = arguments if isinstance(arguments, (str, bytes)) else arguments[0]
    return os.fsdecode(first)


def _asker(frame: FrameType | None) -> str:
    """The module that asks, which is not one of those through which everybody does."""
    while frame:
        name = frame.f_globals.get("__name__") or ""
        if name.partition(".")[0] not in WAYS and not name.startswith("importlib"):
            return _by_its_file(name, frame.f_code.co_filename)
        frame = frame.f_back
    return "nobody"


def _by_its_file(name: str, path: str) -> str:
    """A module by where it was read from: a name alone anybody may give to a module."""
    places = {sysconfig.get_path(each) for each in ("stdlib", "purelib", "platlib")}
    own = os.path.dirname(__file__)
    known = any(os.path.abspath(path).startswith(f"{place}/") for place in {*places, own})
    return name if known else f"?{name}"
