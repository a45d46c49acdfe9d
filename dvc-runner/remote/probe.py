"""Put, get and delete one small object in the remote, as `sibling doctor` asks.

Prints one line of JSON: {"step": …, "error": …, "left": …}. `step` is `done`, or what failed;
`left` is the address of a probe that could not be deleted. The object has a random name in a folder
of its own, so that it is nobody else's.
"""

from __future__ import annotations

import json
import os
import signal
import uuid

import dvc.fs
from dvc.config import Config

from remote.question import hurry

CONTENT = b"sibling doctor\n"

# Of the errors that lie behind one another, how many are told.
TOLD_ERRORS = 3


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    print(json.dumps(_probe()), flush=True)
    return 0


def _probe() -> dict:
    try:
        config = Config(os.path.join(os.getcwd(), ".dvc"))
        kind, options, folder = dvc.fs.get_cloud_fs(config, name=config["core"].get("remote"))
        if kind.protocol in ("http", "https"):
            return {"step": "unsupported"}
        fs = kind(**options)
        if fs.protocol == "s3":  # whoever asks what is wrong waits for the answer
            hurry(fs, connect=10, read=15, tries=2)
    except Exception as error:  # noqa: BLE001 - each kind of remote has errors of its own
        return {"step": "open", "error": _words(error)}
    place = fs.join(folder, "sibling-doctor")
    return _put_get_delete(fs, place, fs.join(place, uuid.uuid4().hex))


def _put_get_delete(fs, place: str, probe: str) -> dict:
    result = {"step": "put"}
    try:
        fs.makedirs(place, exist_ok=True)
        fs.pipe_file(probe, CONTENT)
        result = {"step": "get"}
        if fs.cat_file(probe) != CONTENT:
            raise OSError("it gives back something else")
        result = {"step": "delete"}
    except Exception as error:  # noqa: BLE001
        result["error"] = _words(error)
    finally:
        # A put that failed may have arrived, and one that was interrupted too.
        trouble = _delete(fs, place, probe)
    if trouble is None:
        return {"step": "done"} if result == {"step": "delete"} else result
    if result["step"] == "put":
        return result
    return {"error": trouble, **result, "left": fs.unstrip_protocol(probe)}


def _delete(fs, place: str, probe: str) -> str | None:
    """Why the probe is still there; None when it is gone."""
    try:
        fs.rm_file(probe)
    except FileNotFoundError:
        pass
    except Exception as error:  # noqa: BLE001
        return _words(error)
    try:
        # A folder that is a real one stays; it goes if nobody else's probe is in it.
        if fs.protocol == "local":
            os.rmdir(place)
    except OSError:
        pass
    return None


def _words(error: BaseException) -> str:
    """The error and what lies behind it, in one line."""
    words = []
    while error is not None and len(words) < TOLD_ERRORS:
        words.append(" ".join(str(error).split()) or type(error).__name__)
        error = error.__cause__
    # An S3 client's error has the server's words, which are those of the error before it.
    told = [word for at, word in enumerate(words) if not any(word in w for w in words[at + 1 :])]
    return " <- ".join(told)[:500]


def _stop(*_) -> None:
    raise SystemExit(143)
