"""Bring missing deps before `dvc repro --single-item --pull` compares a stage with dvc.lock."""

import os

from dvc.exceptions import OutputNotFoundError
from dvc.repo import Repo
from dvc.stage import Stage

from dvc_patches import replace


def fetch_before_comparing() -> None:
    """Let a stage that is reproduced alone see its deps as dvc.lock has them upstream.

    With `--pull`, Stage.reproduce (dvc/stage/__init__.py, DVC 3.67) passes over deps that are
    missing when it asks whether the stage changed. What it knows of the stages upstream corrects
    that, but a single item is given none: a stage whose dep was made anew elsewhere would count as
    unchanged, with the outs of the dep's old version.
    """
    reproduce = Stage.reproduce

    def reproduce_with_deps(self, interactive=False, **kwargs):
        if kwargs.get("pull") and not kwargs.get("upstream"):
            targets = missing_outs_of_others(self)
            if targets:
                self.repo.pull(targets, jobs=kwargs.get("jobs"))
        return reproduce(self, interactive, **kwargs)

    replace(Stage, "reproduce", reproduce_with_deps, "self, interactive, **kwargs")


def missing_outs_of_others(stage: Stage) -> list[str]:
    """The stage's missing deps that other stages or .dvc files make, relative to this folder."""
    targets = []
    for dep in stage.deps:
        if dep.protocol == "local" and not dep.exists:
            targets += [os.path.relpath(path) for path in made_paths(stage.repo, dep.fs_path)]
    return targets


def made_paths(repo: Repo, path: str) -> list[str]:
    """The path itself where it is in an out, else the outs below it."""
    try:
        outs = repo.find_outs_by_path(path, recursive=True, strict=False)
    except OutputNotFoundError:
        return []
    holds = any(out.fs.isin_or_eq(path, out.fs_path) for out in outs)
    return [path] if holds else [out.fs_path for out in outs]
