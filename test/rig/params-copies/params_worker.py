"""Compares what programs read from a params file and from its copy, one JSON object a line."""

import contextlib
import json
import re
import sys
import tomllib
import warnings

import dpath
import yaml
from dvc.utils.serialize import PARSERS
from ruamel.yaml import YAML

YAML_LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def universal(text):
    """Line ends as a file has them that was opened as text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def dvc_reader(suffix):
    """As DVC reads a params file."""
    return lambda text: PARSERS[suffix](universal(text), "params")


def yaml_reader(loader):
    """As a stage reads YAML."""
    return lambda text: yaml.load(text, Loader=loader) or {}  # noqa: S506 - both are safe


def run_python(text):
    """The names of a Python file that has run, and those of its classes."""
    names = {}
    exec(compile(universal(text).removeprefix("\ufeff"), "params.py", "exec"), names)  # noqa: S102
    del names["__builtins__"]
    return {name: named(value) for name, value in names.items() if name != "__annotations__"}


def named(value):
    """A class as its attributes, and those that its instances get."""
    if isinstance(value, type):
        found = {**vars(value)}
        with contextlib.suppress(Exception):  # it may want arguments
            found.update(vars(value()))
        return {k: named(v) for k, v in found.items() if not k.startswith("__")}
    return "function" if callable(value) else value


READERS = {
    ".yaml": {
        "DVC": dvc_reader(".yaml"),
        "ruamel.yaml": lambda text: YAML(typ="safe").load(text) or {},
        **{loader.__name__: yaml_reader(loader) for loader in YAML_LOADERS},
    },
    ".json": {"DVC": dvc_reader(".json"), "json": json.loads},
    ".toml": {"DVC": dvc_reader(".toml"), "tomllib": tomllib.loads},
    ".py": {"DVC": dvc_reader(".py"), "Python": run_python},
}


def canonical(value, above=()):
    """A text that is the same for values of the same types alone."""
    if id(value) in above:
        return "itself"
    inside = (*above, id(value))
    name = type(value).__name__
    if isinstance(value, dict):
        return [name, [[canonical(k), canonical(v, inside)] for k, v in value.items()]]
    if isinstance(value, (list, tuple)):
        return [name, [canonical(item, inside) for item in value]]
    if isinstance(value, (set, frozenset)):
        return [name, sorted(repr(item) for item in value)]
    return [name, repr(value)]


def steps(key):
    """The names of a key before the first that is a pattern."""
    names = key.lstrip(".").split(".")
    for index, name in enumerate(names):
        if name == "" or re.search(r"[*?\[]", name):
            return names[:index]
    return names


def matches(key, name):
    """Whether a mapping's key may be meant by a name."""
    if isinstance(key, int) and re.fullmatch(r"[-+]?\d+", name):
        return int(key) == int(name)
    return str(key) == name


def found(value, names):
    """All that the names lead to."""
    if not names:
        return [value]
    if isinstance(value, dict):
        return [
            each
            for key, child in value.items()
            if matches(key, names[0])
            for each in found(child, names[1:])
        ]
    if isinstance(value, (list, tuple)) and re.fullmatch(r"-?\d+", names[0]):
        index = int(names[0])
        if -len(value) <= index < len(value):
            return found(value[index], names[1:])
    return []


def dvc_value(values, key):
    """What DVC records for a key, or the error."""
    try:
        return canonical(dpath.get(values, key, separator="."))
    except Exception as error:  # noqa: BLE001 - whatever dpath throws
        return ["error", type(error).__name__]


def undeclared(suffix, values, paths, above=()):
    """Names of values that no path leads to or through."""
    if isinstance(values, dict) and values and len(above) < 20:
        names = []
        for key, child in values.items():
            names += undeclared(suffix, child, paths, (*above, key))
        return names
    if values == {} and suffix == ".py":
        return []  # a class of which nothing is left
    near = any(all(matches(k, n) for k, n in zip(above, path, strict=False)) for path in paths)
    return [] if near else [".".join(map(str, above))]


def compare(suffix, original, copy, keys):
    """How the copy differs, what undeclared it has, and whether DVC reads the original."""
    paths = [steps(key) for key in keys]
    differences, extra, is_read = [], [], True
    for name, reader in READERS[suffix].items():
        if name == "ruamel.yaml" and "\r" not in original:
            continue  # DVC has asked it already
        try:
            before = reader(original)
        except Exception:  # noqa: BLE001 - whatever a parser throws
            is_read = is_read and name != "DVC"
            continue
        try:
            after = reader(copy)
        except Exception as error:  # noqa: BLE001
            differences.append(f"{name} does not read the copy: {error}")
            continue
        if not isinstance(before, dict):
            if canonical(before) != canonical(after):
                differences.append(f"{name}: the whole differs")
            continue
        for key, path in zip(keys, paths, strict=True):
            was, is_ = canonical(found(before, path)), canonical(found(after, path))
            if was != is_:
                differences.append(f"{name}: {key} was {was}, is {is_}")
        if name == "Python":
            differences += others(before, after)
        if name != "DVC":
            continue
        for key in keys:
            was, is_ = dvc_value(before, key), dvc_value(after, key)
            if was != is_ and was[0] != "error":
                differences.append(f"DVC records {was} for {key}, of the copy {is_}")
        extra = undeclared(suffix, after, paths)
    return {"differences": differences, "extra": extra, "isRead": is_read}


def others(before, after, above=""):
    """What a Python file that has run gives another value than its copy."""
    faults = []
    for name, value in after.items():
        if name not in before:
            faults.append(f"{above}{name} is new")
        elif isinstance(value, dict) and isinstance(before[name], dict):
            faults += others(before[name], value, f"{above}{name}.")
        elif canonical(value) != canonical(before[name]):
            faults.append(f"{above}{name} is another")
    return faults


def main():
    """Answers until the input ends."""
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(compare(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
