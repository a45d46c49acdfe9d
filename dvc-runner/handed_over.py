"""What the launcher hands over in files: it stays on no disk.

A container that is killed, or whose launcher is, keeps the files of its layer until somebody
removes it.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Memory that every container has.
MEMORY = "/dev/shm"  # noqa: S108


def in_memory() -> str | None:
    """A folder in memory for what only this container's processes may read; None: the usual one."""
    return MEMORY if os.path.ismount(MEMORY) else None


def take_config() -> dict:
    """Read what SIBLING_DVC_CONFIG_FILE names, and remove it; {} where nothing is named."""
    return take("SIBLING_DVC_CONFIG_FILE")


def use_network() -> None:
    """Go through the proxies that SIBLING_NETWORK_ENV_FILE names, which is removed."""
    os.environ.update(take("SIBLING_NETWORK_ENV_FILE"))


def trust_certificates() -> None:
    """Trust what SIBLING_CERTIFICATES_FILE has beside the usual authorities, in every client.

    Each of them has a variable of its own; those of S3 know no other than AWS_CA_BUNDLE.
    """
    own = take("SIBLING_CERTIFICATES_FILE")
    if not own:
        return
    import certifi

    folder = tempfile.mkdtemp(prefix="sibling-", dir=in_memory())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.path.join(folder, "authorities.pem")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{certifi.contents()}\n{own}\n")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"):
        os.environ[name] = path


def take(variable: str) -> dict | str:
    """Read the file that a variable names, and remove it; {} where nothing is named."""
    path = os.environ.get(variable)
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    os.unlink(path)
    return content


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
    if not path or in_memory() is None:
        yield
        return
    folder = tempfile.mkdtemp(prefix="sibling-", dir=MEMORY)
    try:
        os.environ["SIBLING_STAGE_ENV_FILE"] = shutil.move(path, folder)
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
