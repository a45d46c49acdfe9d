"""Ask a remote one short question, to which any answer will do."""

from __future__ import annotations

import threading

# Seconds to wait for the answer: of a remote that is only useful, and of one that is insisted on.
HURRIED, PATIENT = 10, 60
# Seconds that an S3 client waits for a connection and an answer, and how often it tries.
CONNECT, READ, TRIES = 3, 5, 2


def ask(fs, path: str, patient: bool) -> None:
    """Raise what keeps the remote from being used: silence, a refusal, no such bucket.

    The question is asked in a thread, which is left to itself when its time is up: how long a name
    server or a proxy keeps a client waiting is in no client's hands.
    """
    trouble: list[BaseException] = []
    limit = PATIENT if patient else HURRIED

    def question() -> None:
        try:
            if fs.protocol == "s3" and not patient:
                hurry(fs, connect=CONNECT, read=READ, tries=TRIES)
            _ask(fs, path)
        except BaseException as error:  # noqa: BLE001 - raised again below
            trouble.append(error)

    thread = threading.Thread(target=question, daemon=True)
    thread.start()
    thread.join(limit)
    if thread.is_alive():
        raise TimeoutError(f"timed out: no answer within {limit} s")
    if trouble:
        raise trouble[0]


def hurry(fs, connect: int, read: int, tries: int) -> None:
    """Let an S3 client give up soon."""
    impatient(fs, connect, read)
    fs.fs_args["config_kwargs"]["retries"] = {"mode": "standard", "max_attempts": tries}
    fs.fs.retries = 1


def impatient(fs, connect: int, read: int) -> None:
    """Let an S3 client wait these seconds, unless the remote's own options say how many."""
    config = fs.fs_args.setdefault("config_kwargs", {})
    for name, seconds in (("connect_timeout", connect), ("read_timeout", read)):
        config[name] = config.get(name) or seconds


def _ask(fs, path: str) -> None:
    if fs.protocol == "s3":
        bucket, _, folder = path.partition("/")
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        fs.fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
        return
    trouble = None
    try:
        fs.info(path)
    except FileNotFoundError as error:
        # By http all trouble is a file that was not found; the reason lies behind.
        trouble = error.__cause__
    if trouble is not None and getattr(trouble, "status", None) not in NOT_FOUND:
        raise trouble


# A folder of a web server is no file of it: such an answer shows that somebody is there.
NOT_FOUND = (404, 405, 410)
