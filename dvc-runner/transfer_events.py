"""Tell the program that started DVC how a push or pull goes on, in lines of the output."""

import json
import os

# As in src/run-events.ts: a longer line would be cut.
LONGEST_PART = 8_000


def are_wanted() -> bool:
    return bool(os.environ.get("SIBLING_TRANSFER_TOKEN"))


def emit(event: dict) -> None:
    """Write an event as `encodeEvent` of src/run-events.ts does; nothing when nobody wants it."""
    token = os.environ.get("SIBLING_TRANSFER_TOKEN")
    if not token:
        return
    text = json.dumps(event)
    parts = [text[at : at + LONGEST_PART] for at in range(0, len(text), LONGEST_PART)]
    for number, part in enumerate(parts, start=1):
        line = f"\x1e{token} {number}/{len(parts)} {part}\n"
        os.write(1, line.encode())  # in one piece: threads of DVC print too
