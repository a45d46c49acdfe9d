"""Replace functions of DVC, and refuse a DVC that is not the one the replacements were made for."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import dvc

OLDEST, NEWEST = (3, 60), (3, 67)


class UnknownDvcError(Exception):
    """DVC has something else where one of its functions is to be replaced."""

    def __init__(self, what: str):
        known = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
        super().__init__(
            f"{what}: DVC {dvc.__version__} is not one that this version of Sibling knows"
            f" ({known}); take Sibling's own dvc-runner/requirements.txt"
        )


def require_known_version() -> None:
    if not OLDEST <= tuple(dvc.version_tuple[:2]) <= NEWEST:
        raise UnknownDvcError("unknown version")


def replace(owner: ModuleType | type, name: str, replacement: Any, parameters: str) -> None:
    """Put `replacement` in the place of the function or class `owner.name`.

    `parameters` are the names of what it takes, as in "self, objs, *args, **kwargs". Of a module's
    function, all that DVC has imported under any name is replaced: what was taken from the module
    before would go on calling the old one. Raises UnknownDvcError, having replaced nothing, where
    `expect` does, or where a subclass overrides the method.
    """
    original = expect(owner, name, parameters)
    if isinstance(owner, type):
        if other := next((each for each in _below(owner) if name in vars(each)), None):
            raise UnknownDvcError(f"{other.__module__}.{other.__name__} has a {name} of its own")
        is_of_class = isinstance(vars(owner)[name], classmethod)
        setattr(owner, name, classmethod(replacement) if is_of_class else replacement)
        return
    for module, alias in list(_names_of(original)):
        setattr(module, alias, replacement)


def expect(owner: ModuleType | type, name: str, parameters: str) -> Any:
    """Give `owner.name`; raise UnknownDvcError where there is none that takes these."""
    place = f"{owner.__name__}.{name}"
    found = vars(owner).get(name)
    if isinstance(found, classmethod):
        found = found.__func__
    if not callable(found):
        raise UnknownDvcError(f"there is no {place}")
    takes = ", ".join(_parameters(found))
    if takes != parameters:
        raise UnknownDvcError(f"{place} takes ({takes}), not ({parameters})")
    return found


def _parameters(function: Any) -> Iterator[str]:
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    for parameter in inspect.signature(function).parameters.values():
        yield marks.get(parameter.kind, "") + parameter.name


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _names_of(original: Any) -> Iterator[tuple[ModuleType, str]]:
    for full_name, module in list(sys.modules.items()):
        if not full_name.startswith(("dvc.", "dvc_")) or not isinstance(module, ModuleType):
            continue
        for alias, value in vars(module).items():
            if value is original:
                yield module, alias
