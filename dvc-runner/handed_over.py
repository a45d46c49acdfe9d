"""What the launcher hands over in files: it stays on no disk.

A container that is killed, or whose launcher is, keeps the files of its layer until somebody
removes it.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Memory that every container has.
MEMORY = "/dev/shm"  # noqa: S108


def take_config() -> dict:
    """Read what SIBLING_DVC_CONFIG_FILE names, and remove it; {} where nothing is named."""
    path = os.environ.get("SIBLING_DVC_CONFIG_FILE")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    os.unlink(path)
    return config


def arguments() -> list[str]:
    """Give DVC's arguments: those of the command line, or of SIBLING_DVC_ARGUMENTS_FILE.

    Thousands of targets are too much for a command line.
    """
    path = os.environ.get("SIBLING_DVC_ARGUMENTS_FILE")
    if not path:
        return sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        return json.load(file)


@contextmanager
def stage_variables_in_memory() -> Iterator[None]:
    """Move what SIBLING_STAGE_ENV_FILE names, which each stage reads, into memory for the while."""
    path = os.environ.get("SIBLING_STAGE_ENV_FILE")
    if not path or not os.path.ismount(MEMORY):
        yield
        return
    folder = tempfile.mkdtemp(prefix="sibling-", dir=MEMORY)
    try:
        os.environ["SIBLING_STAGE_ENV_FILE"] = shutil.move(path, folder)
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
