"""Answers questions about DVC projects with DVC's own code, one JSON object a line."""

import hashlib
import json
import logging
import math
import os
import sys
import traceback
from pathlib import Path

os.environ["DVC_NO_ANALYTICS"] = "1"

from dvc.config import Config
from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from dvc.repo.reproduce import collect_stages, get_active_graph, plan_repro
from dvc.scm import Git
from dvc.stage import PipelineStage
from dvc.ui import ui
from dvc.utils.serialize import load_path

logging.disable(logging.CRITICAL)
ui.disable = lambda *_: None


def init(root, git=False):
    """Makes a DVC project as `dvc init` does, with Git in a new repository."""
    if git:
        Git.init(root).close()
    Repo.init(root, no_scm=not Path(root, ".git").exists(), force=True).close()


def status(root):
    """What `dvc status --json` prints."""
    with Repo(root) as repo:
        return repo.status()


def repro(root, targets=None, allow_missing=False, dry=False):
    """Runs the pipeline; the addresses of the stages that ran."""
    with Repo(root) as repo:
        ran = repo.reproduce(
            targets, all_pipelines=not targets, allow_missing=allow_missing, dry=dry
        )
        return [stage.addressing for stage in ran]


def add(root, targets):
    """As `dvc add`."""
    with Repo(root) as repo:
        repo.add(targets)


def describe(root):
    """The stages and what they depend on, as DVC reads them."""
    with Repo(root) as repo:
        graph = repo.index.graph
        return {
            "stages": {s.addressing: stage(repo, s) for s in repo.index.stages},
            "edges": {
                s.addressing: sorted(o.addressing for o in graph.successors(s)) for s in graph
            },
        }


def stage(repo, declared):
    """One stage, its paths relative to the project."""

    def inside(item):
        return os.path.relpath(item.fs_path, repo.root_dir)

    params = [dep for dep in declared.deps if isinstance(dep, ParamsDependency)]
    return {
        "cmd": declared.cmd,
        "deps": [inside(dep) for dep in declared.deps if dep not in params],
        "params": {inside(dep): dep.params for dep in params},
        "outs": [[inside(out), bool(out.use_cache), bool(out.persist)] for out in declared.outs],
    }


def hash_path(root, path):
    """DVC's hash of a file or folder of the project."""
    from dvc_data.hashfile.build import build

    with Repo(root) as repo:
        full = os.path.join(repo.root_dir, path)
        odb = repo.cache.local
        return build(odb, full, repo.fs, "md5", ignore=repo.dvcignore, dry_run=True)[2].oid


def ignored(root, paths):
    """Which of the paths (a folder's ends in a slash) `.dvcignore` files hide."""
    with Repo(root) as repo:
        answers = []
        for path in paths:
            full = os.path.join(repo.root_dir, path.rstrip("/"))
            check = repo.dvcignore.is_ignored_dir if path.endswith("/") else None
            check = check or repo.dvcignore.is_ignored_file
            answers.append(bool(check(full)))
        return answers


def git_ignored(root, paths):
    """Which of the paths (a folder's ends in a slash) `.gitignore` files hide from DVC."""
    with Repo(root) as repo:
        return [bool(repo.scm.is_ignored(os.path.join(repo.root_dir, path))) for path in paths]


def plan(root, folder, targets, recursive=False, glob=False, reach="upstream"):
    """The stages that `dvc repro` called in a folder would look at; null when none match."""
    os.chdir(os.path.join(root, folder))
    with Repo() as repo:
        chosen = collect_stages(repo, targets or ["dvc.yaml"], recursive=recursive, glob=glob)
        if not chosen and reach != "single":
            return None
        if reach != "single":
            graph = get_active_graph(repo.index.graph)
            flags = {reach: True} if reach != "upstream" else {}
            chosen = plan_repro(graph, chosen, **flags)
        return sorted(address(each) for each in chosen if isinstance(each, PipelineStage))


def status_of(root, folder, targets, recursive=False):
    """What `dvc status --json TARGETS` prints in a folder, stages named as from the root."""
    os.chdir(os.path.join(root, folder))
    with Repo() as repo:
        names = {stage.addressing: address(stage) for stage in repo.index.stages}
        answer = repo.status(targets=targets, recursive=recursive)
        return {names[name]: entries for name, entries in answer.items()}


def address(stage):
    """A stage's name as seen from the root of the project."""
    path = stage.path_in_repo if stage.path_in_repo.endswith(".dvc") else None
    if path is not None:
        return path
    file = os.path.relpath(stage.path, stage.repo.root_dir)
    return stage.name if file == "dvc.yaml" else f"{file}:{stage.name}"


def load(path):
    """The values of a params file; text stands for what JSON has not."""
    from dvc.fs import localfs

    return json.loads(json.dumps(load_path(path, localfs), default=repr))


def plot(root, path, props):
    """What DVC draws of a plot with its own file: x, y and the field of each row."""
    from dvc.fs import localfs
    from dvc.render.converter.vega import VegaConverter
    from dvc.repo.plots import parse

    read = parse(localfs, os.path.join(root, path), props=props)
    content = read["data"] if isinstance(read, dict) and "data" in read else None
    if isinstance(read, dict) and "error" in read:
        raise read["error"]
    data = {path: content} if content else {}
    rows, found = VegaConverter(path, data, props).flat_datapoints("workspace")
    x, y = found.get("x"), found.get("y")
    return [[shown(row.get(x)), shown(row.get(y)), row["field"]] for row in rows]


def metrics(root, path):
    """What `dvc metrics show` says of a file, by dotted key; words for what JSON has not."""
    from dvc.fs import localfs
    from dvc.repo.metrics.show import _read_metric
    from dvc.utils.flatten import flatten

    value = _read_metric(localfs, os.path.join(root, path))
    flat = flatten(value) if isinstance(value, dict) else {"": value}
    return {key: shown_metric(each) for key, each in flat.items()}


def shown_files(root):
    """What DVC shows of a project: rows and images of each plot, values of each metrics file."""
    from dvc.render.match import match_defs_renderers
    from dvc.utils.flatten import flatten

    with Repo(root) as repo:
        data = repo.plots.show()
        matched = match_defs_renderers(data=data, templates_dir=repo.plots.templates_dir)
        plots = {found.renderer.name: shown_plot(found.renderer) for found in matched}
        shown_metrics = {}
        (workspace,) = repo.metrics.show(hide_workspace=False, on_error="return").values()
        if "error" in workspace:
            raise workspace["error"]
        for path, result in workspace["data"].items():
            value = result.get("data")
            flat = flatten(value) if isinstance(value, dict) else {"": value}
            if "error" not in result:
                shown_metrics[path] = {str(key): shown_metric(each) for key, each in flat.items()}
        return {"plots": plots, "metrics": shown_metrics}


def shown_plot(renderer):
    """The rows of a plot, or what its images hold."""
    if "src" in next(iter(renderer.datapoints), {}):
        return [hashlib.sha256(row["src"].encode()).hexdigest() for row in renderer.datapoints]
    x, y = renderer.properties.get("x"), renderer.properties.get("y")
    return [[shown(row.get(x)), shown(row.get(y)), row["field"]] for row in renderer.datapoints]


def shown_metric(value):
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)  # JavaScript's JSON loses digits
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def shown(value):
    """A cell; nothing where it is no number that can be drawn."""
    return value if not isinstance(value, float) or math.isfinite(value) else None


QUESTIONS = {
    "plot": plot,
    "metrics": metrics,
    "shown_files": shown_files,
    "init": init,
    "status": status,
    "repro": repro,
    "add": add,
    "describe": describe,
    "hash": hash_path,
    "ignored": ignored,
    "git_ignored": git_ignored,
    "plan": plan,
    "status_of": status_of,
    "load": load,
}


def answer(question):
    """Carries out one question in the project's folder."""
    arguments = question["arguments"]
    os.chdir(arguments.get("root", "/"))
    try:
        return {"value": QUESTIONS[question["ask"]](**arguments)}
    except Exception as error:  # noqa: BLE001 - whatever DVC throws is its answer
        text = "".join(traceback.format_exception_only(error)).strip()
        return {"error": text[:2000]}
    finally:
        os.chdir("/")


def main():
    """Reads questions until the input ends; what DVC and its stages print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    Config.validate({})
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line)), default=repr) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
