"""A stage alone in a clone without data sees the deps that dvc.lock names upstream."""

import shutil

import pytest

PIPELINE = """
stages:
  make:
    cmd: mkdir -p made && cat in.txt > made/out.txt
    deps: [in.txt]
    outs: [made]
  use:
    cmd: cat made/out.txt > used.txt
    deps: [DEP]
    outs: [used.txt]
"""


@pytest.fixture(params=["made", "made/out.txt"])
def clones(request, new_project, tmp_path):
    """A project whose first stage was run anew and pushed, and a clone of it without data."""
    remote = {"url": str(tmp_path / "remote")}
    chosen = {"core": {"remote": "sibling"}, "remote": {"sibling": remote}}
    here = new_project("here").start()
    here.write("dvc.yaml", PIPELINE.replace("DEP", request.param))
    here.write("in.txt", "old\n")
    assert here.dvc(chosen, "repro").returncode == 0
    assert here.dvc(chosen, "push", "--run-cache").returncode == 0
    here.write("in.txt", "new\n")
    assert here.dvc(chosen, "repro", "make").returncode == 0
    assert here.dvc(chosen, "push").returncode == 0
    there = new_project("there").start()
    for name in ["dvc.yaml", "dvc.lock", "in.txt"]:
        shutil.copy(here.root / name, there.root / name)
    return chosen, there


def test_a_dep_made_anew_runs_the_stage(clones):
    chosen, there = clones
    done = there.dvc(chosen, "repro", "--single-item", "--pull", "use")
    assert done.returncode == 0, done.stderr
    assert (there.root / "used.txt").read_text() == "new\n"


def test_dvc_by_itself_takes_the_stage_for_unchanged(clones):
    """When this fails, DVC does by itself what reproduce/present_deps.py is for."""
    chosen, there = clones
    there.write(
        ".dvc/config",
        f"[core]\nremote = r\n['remote \"r\"']\nurl = {chosen['remote']['sibling']['url']}\n",
    )
    there.plain_dvc("repro", "--single-item", "--pull", "use")
    assert (there.root / "used.txt").read_text() == "old\n"
