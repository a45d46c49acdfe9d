"""Give DVC what of the launcher's machine its remote may use: variables, and files in memory.

SIBLING_REMOTE_CREDENTIALS_FILE names JSON, {"home": …, "variables": …, "files": [{"source",
"target", "base64"}]}, and is removed. The files are laid in a folder of a random name, so that
nothing in a repository can name one as a dep; what was below the home folder there is below HOME
here, where clients look for their profiles and keys.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import handed_over

if TYPE_CHECKING:
    from collections.abc import Iterator

# What each file and folder is called on the launcher's machine, and where it is here.
_places: dict[str, str] = {}
_home = ""


@contextmanager
def in_memory() -> Iterator[None]:
    """Lay what is lent where DVC's clients find it, for the while."""
    lent = handed_over.take("SIBLING_REMOTE_CREDENTIALS_FILE")
    if not lent:
        yield
        return
    folder = tempfile.mkdtemp(prefix="sibling-", dir=handed_over.in_memory())
    try:
        _lay(folder, lent)
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay(folder: str, lent: dict) -> None:
    global _home  # noqa: PLW0603
    _home = lent["home"]
    own_home = os.path.join(folder, "home")
    os.makedirs(own_home, mode=0o700)
    for file in lent["files"]:
        path = os.path.join(folder, file["target"])
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        content = base64.b64decode(file["base64"])
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
        _places[file["source"]] = path
    variables = {name: here(value) for name, value in lent["variables"].items()}
    os.environ.update(variables, HOME=own_home)


def here(value: str) -> str:
    """A path as it is called here; any other text stays as it is."""
    path = os.path.join(_home, value[2:]) if value.startswith("~/") else value
    return _places.get(path, value)


def options_here(options: dict) -> dict:
    """A remote's options, with the paths of what is lent as they are here."""
    return {key: here(text) if isinstance(text, str) else text for key, text in options.items()}
