"""Reach the MLflow server that the stage declares.

train and evaluate each hold this file, for a stage sees its own folder only; a test keeps the two
the same.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mlflow import MlflowClient

LONGEST_MESSAGE = 600


class TrackingError(Exception):
    """The MLflow server cannot be used, and the run may not do without."""


def is_required() -> bool:
    """Say whether the stage fails when the server does, which is so unless declared otherwise."""
    mode = os.environ.get("SIBLING_TRACKING") or "required"
    if mode not in {"required", "optional"}:
        raise TrackingError(f"SIBLING_TRACKING is {mode!r}; it must be required or optional.")
    return mode == "required"


def told() -> dict:
    """Give what Sibling tells of the stage and its run; {} where nobody does."""
    path = os.environ.get("SIBLING_CONTEXT_FILE")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def readable(problem: object) -> str:
    """Give a library's message as one paragraph, without the credentials of an address."""
    text = re.sub(r"//[^/@\s]*@", "//***@", " ".join(str(problem).split()))
    if len(text) > LONGEST_MESSAGE:
        text = f"{text[:LONGEST_MESSAGE]}…"
    return text


def give_up(problem: str) -> None:
    """Fail the stage, or warn where it may go on without tracking."""
    if is_required():
        raise TrackingError(
            f"{problem} With `tracking: optional` under meta.sibling in dvc.yaml the stage goes "
            "on without it."
        )
    print(f"warning: {problem} The stage goes on without it.", file=sys.stderr)


@contextmanager
def server_use(purpose: str) -> Iterator[None]:
    """Take what MLflow's client raises inside as a failure of the server to serve `purpose`."""
    # Imported where needed: it takes seconds, which a run without tracking need not wait for.
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    try:
        yield
    except (MlflowException, RequestException) as error:
        said = readable(error)
        refused = re.search(r"\b40[13]\b", said)
        hint = " Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD." if refused else ""
        uri = readable(os.environ.get("MLFLOW_TRACKING_URI"))
        give_up(f"The MLflow server at {uri} could not be used to {purpose}: {said}.{hint}")


@contextmanager
def patience(retries: int, timeout: int) -> Iterator[None]:
    """Let requests inside be repeated so often and wait so long (seconds), unless it is declared.

    MLflow's own defaults wait for minutes, where most often an address is wrong.
    """
    chosen = {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(retries),
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(timeout),
    }
    added = {name: value for name, value in chosen.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def connect() -> "MlflowClient | None":
    """Give a client of a server that answers; None where there is none and the run may go on."""
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    if urlsplit(uri).scheme not in {"http", "https"}:
        found = f"is {uri!r}" if uri else "is not set"
        give_up(f"MLFLOW_TRACKING_URI {found}; it must be an http or https address.")
        return None
    is_required()  # A wrong value is told before anything is computed.
    # MLflow's own defaults warn of what is chosen here, and print the server's address as it is,
    # which may hold a password.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    from mlflow import MlflowClient

    with server_use("look for experiments"), patience(retries=1, timeout=10):
        client = MlflowClient()
        client.search_experiments(max_results=1)
        return client
    return None


def experiment_id(client: "MlflowClient", name: str) -> str:
    """Give the experiment of that name, made if there is none."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name)
        except MlflowException:
            # Another run may have made it meanwhile.
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return found.experiment_id
