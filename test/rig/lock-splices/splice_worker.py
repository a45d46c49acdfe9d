"""Says of each case whether readers find the old dvc.lock with exactly the changed entries."""

import json
import sys
import warnings

import yaml
from dvc.utils.serialize import parse_yaml

READERS = {
    "DVC": lambda text: parse_yaml(text.replace("\r\n", "\n"), "dvc.lock"),
    "PyYAML": lambda text: yaml.load(text, Loader=yaml.SafeLoader),
}


def canonical(value):
    """A text that is the same for equal values of the same types in the same order."""
    if isinstance(value, dict):
        return ["dict", [[canonical(k), canonical(v)] for k, v in value.items()]]
    if isinstance(value, list):
        return ["list", [canonical(item) for item in value]]
    return [type(value).__name__, repr(value)]


def fault(reader, before, after, changes):
    """What is wrong with the text after, if anything is."""
    expected = reader(before)
    stages = expected.get("stages") or {}
    for name, entry in changes:
        stages[name] = reader("stages:\n" + entry)["stages"][name]
    expected["stages"] = stages
    found = reader(after)
    return None if canonical(found) == canonical(expected) else [found, expected]


def main():
    """One JSON object a line in, a fault a line out."""
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        case = json.loads(line)
        for name, reader in READERS.items():
            try:
                found = fault(reader, case["before"], case["after"], case["changes"])
            except Exception as error:  # noqa: BLE001 - whatever a reader throws is a fault
                found = [repr(error)]
            if found:
                print(f"{name}: {found} {line}")


main()
