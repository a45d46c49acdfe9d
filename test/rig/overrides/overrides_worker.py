"""Overrides params by `dvc exp run -S` and by dvc-runner, one question and answer a line."""

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace

from dvc.repo.experiments.queue.base import BaseStashQueue
from dvc.repo.experiments.run import run

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../dvc-runner"))
from reproduce import param_overrides


def by_dvc(overrides):
    """What `dvc exp run -S` does to the files; only then would it begin to run stages."""
    nothing = SimpleNamespace(add=lambda paths: None)
    repo = SimpleNamespace(config={}, scm=nothing, root_dir=os.getcwd())

    def reproduce_one(params, no_hydra, **_):
        BaseStashQueue._update_params(SimpleNamespace(repo=repo, scm=nothing), params, no_hydra)

    repo.experiments = SimpleNamespace(reproduce_one=reproduce_one)
    run.__wrapped__(repo, params=overrides)


def files():
    return {path.name: path.read_bytes().decode("latin-1") for path in sorted(Path().iterdir())}


def answer(question):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, text in question["files"].items():
            Path(name).write_bytes(text.encode("utf-8", "surrogatepass"))
        before = files()
        result = {}
        try:
            new = param_overrides.overridden(question["overrides"])
            ours = {**before, **{k: v.encode().decode("latin-1") for k, v in new.items()}}
        except param_overrides.RefusedError as refused:
            ours = None
            result["refused"] = refused.answer
        result["untouched"] = files() == before
        try:
            by_dvc(question["overrides"])
            theirs = files()
        except Exception as error:  # noqa: BLE001 - whatever DVC ends with
            theirs = None
            result["error"] = repr(error)[:200]
        os.chdir("/")
    both = ours is not None and theirs is not None
    return {
        **result,
        "same": both and ours == theirs,
        "both": both,
        "changed": both and ours != before,
    }


# ruamel.yaml sets filters of its own.
warnings.showwarning = lambda *_, **__: None
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
