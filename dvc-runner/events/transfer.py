"""Tell the program that started DVC how it goes on, in lines of the output."""

from __future__ import annotations

import json
import os

# As in src/run/progress/events.ts: a longer line would be cut.
LONGEST_PART = 8_000


def are_wanted() -> bool:
    return bool(os.environ.get("SIBLING_TRANSFER_TOKEN"))


def emit(event: dict) -> None:
    """Tell of a push or pull; nothing when nobody wants it."""
    _write(os.environ.get("SIBLING_TRANSFER_TOKEN"), event)


def listen(secret: str) -> None:
    """Mark what is told of the run with its secret; where that is empty nobody listens."""
    global _run_secret  # noqa: PLW0603 - one run a process
    _run_secret = secret


_run_secret = ""


def tell_run(event: dict) -> None:
    """Tell of a run, among the events of its stages."""
    _write(_run_secret, event)


def _write(token: str | None, event: dict) -> None:
    """Write an event as `encodeEvent` of src/run/progress/events.ts does."""
    if not token:
        return
    text = json.dumps(event)
    parts = [text[at : at + LONGEST_PART] for at in range(0, len(text), LONGEST_PART)]
    for number, part in enumerate(parts, start=1):
        line = f"\x1e{token} {number}/{len(parts)} {part}\n"
        os.write(1, line.encode())  # in one piece: threads of DVC print too
