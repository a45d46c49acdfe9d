"""Apply overrides of params to copies of their files, by the code of `dvc exp run -S` itself.

Prints JSON, in lines of a length that nobody cuts; joined they are one object: {"files": {path:
text}}, or {"refused": {"override": …, "why": …, "keys": […]}} with the file's own keys. The
project's files stay as they are: whoever asked writes all of them or none.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from dvc.config import Config
from dvc.dependency.param import ParamsDependency
from dvc.utils.cli_parse import to_path_overrides
from dvc.utils.collections import to_omegaconf
from dvc.utils.hydra import apply_overrides, to_hydra_overrides
from dvc.utils.serialize import PARSERS

LINE_LENGTH = 16_384

COMPOSED = (
    "the project has Hydra compose params.yaml (hydra.enabled in .dvc/config), "
    "which would run its plug-ins outside of a container"
)
SWEEP = "it is a sweep, several values for several runs: a run takes one"
NOT_TAKEN = (
    "DVC would leave the file as it is: in Python it only replaces a value that stands in one "
    "line as `name = value`, as Python prints it"
)


class RefusedError(Exception):
    """An override that cannot be applied."""

    def __init__(self, override: str, why: str, keys: list[str] | None = None):
        super().__init__(why)
        self.answer = {"override": override, "why": why, "keys": keys or []}


def main(overrides: list[str]) -> int:
    try:
        answer = {"files": overridden(overrides)}
    except RefusedError as refused:
        answer = {"refused": refused.answer}
    text = json.dumps(answer)
    for at in range(0, len(text), LINE_LENGTH):
        print(text[at : at + LINE_LENGTH], flush=True)
    return 0


def overridden(overrides: list[str]) -> dict[str, str]:
    """Give the new text of each file that the overrides are for."""
    by_path: dict[str, list[tuple[str, str]]] = {}
    for override in overrides:
        [(path, [own])] = to_path_overrides([override]).items()
        _refuse_syntax(override, own)
        by_path.setdefault(path, []).append((override, own))
    default = ParamsDependency.DEFAULT_PARAMS_FILE
    if default in by_path and _is_composed():
        raise RefusedError(by_path[default][0][0], COMPOSED)
    # DVC takes one file that is written in two ways twice, one after the other.
    texts: dict[str, bytes] = {}
    for path, own in by_path.items():
        name = os.path.normpath(path)
        old = texts[name] if name in texts else Path(name).read_bytes()
        texts[name] = _new_text(name, old, own)
    return {path: text.decode("utf-8") for path, text in texts.items()}


def _refuse_syntax(override: str, own: str) -> None:
    try:
        (parsed,) = to_hydra_overrides([own])
    except Exception as error:
        why = f"Hydra cannot read it ({_words(error)}); a value with signs in it goes in quotes"
        raise RefusedError(override, why) from error
    if parsed.is_sweep_override():
        raise RefusedError(override, SWEEP)


def _is_composed() -> bool:
    dvc_dir = os.path.join(os.getcwd(), ".dvc")
    return os.path.isdir(dvc_dir) and Config(dvc_dir).get("hydra", {}).get("enabled", False)


def _new_text(path: str, old: bytes, overrides: list[tuple[str, str]]) -> bytes:
    own = [each for _, each in overrides]
    try:
        new = _applied(path, old, own)
    except Exception as error:
        blamed, words = _blame(path, old, overrides, error)
        raise RefusedError(blamed, words, _keys(path, old)) from error
    if path.lower().endswith(".py"):
        _require_taken(path, new, overrides)
    return new


def _applied(path: str, old: bytes, own: list[str]) -> bytes:
    """Override a copy: DVC writes the file anew, and may fail in the middle of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, Path(path).name)
        copy.write_bytes(old)
        with contextlib.chdir(folder):  # what DVC says has the file's name, not where the copy is
            apply_overrides(copy.name, own)
        return copy.read_bytes()


def _blame(
    path: str, old: bytes, overrides: list[tuple[str, str]], error: Exception
) -> tuple[str, str]:
    """Say which override it is that fails, and why: the first with which those before it do."""
    own = [each for _, each in overrides]
    for count in range(1, len(own)):
        try:
            _applied(path, old, own[:count])
        except Exception as earlier:  # noqa: BLE001 - any error of a library of DVC's
            return overrides[count - 1][0], _words(earlier)
    return overrides[-1][0], _words(error)


def _require_taken(path: str, new: bytes, overrides: list[tuple[str, str]]) -> None:
    """DVC changes nothing, without a word, where a Python file's line is not as it expects."""
    from omegaconf import OmegaConf

    values = OmegaConf.create(to_omegaconf(_parsed(path, new)), flags={"allow_objects": True})
    last = {}
    for override, own in overrides:
        (parsed,) = to_hydra_overrides([own])
        last[parsed.key_or_group] = override, parsed
    for key, (override, parsed) in last.items():
        found = _plain(OmegaConf.select(values, key))
        if found is not None if parsed.is_delete() else not _holds(found, _plain(parsed.value())):
            raise RefusedError(override, NOT_TAKEN)


def _holds(found: object, wanted: object) -> bool:
    """A mapping is merged into the one that is there."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(key in found and _holds(found[key], wanted[key]) for key in wanted)
    return repr(found) == repr(wanted)


def _plain(value: object) -> object:
    from omegaconf import OmegaConf

    config = OmegaConf.create({"value": value}, flags={"allow_objects": True})
    return OmegaConf.to_object(config)["value"]


def _parsed(path: str, text: bytes) -> object:
    # DVC opens it as text, which has but one kind of line end.
    whole = text.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return PARSERS[Path(path).suffix.lower()](whole, path)


def _keys(path: str, text: bytes) -> list[str]:
    """The dotted keys of a file, as far as it can be read."""
    try:
        return _dotted(_parsed(path, text), "")
    except Exception:  # noqa: BLE001 - what is wrong with it is said already
        return []


def _dotted(values: object, above: str) -> list[str]:
    if not isinstance(values, dict):
        return []
    found = []
    for name, value in values.items():
        found += [f"{above}{name}", *_dotted(value, f"{above}{name}.")]
    return found


def _words(error: BaseException) -> str:
    """What DVC, or the library that it called, says, in one line."""
    if isinstance(error, (AssertionError, AttributeError, LookupError, TypeError)):
        # Such as of a Python file with a mapping in a mapping, which DVC cannot write.
        return f"DVC cannot do it in this file ({type(error).__name__}: {str(error)[:100]})"
    # "Invalid `--set-param` value" says less than what lies behind it.
    while error.__cause__ is not None and type(error).__module__.startswith("dvc."):
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines()]
    # A caret that points into a line above, and OmegaConf's notes of its own.
    told = [
        line
        for line in lines
        if line.strip("^ ") and not line.startswith(("full_key:", "object_type=", "See "))
    ]
    sentences = [line if line.endswith((".", ":")) else f"{line};" for line in told]
    return " ".join(sentences).strip(".;")[:500] or type(error).__name__
