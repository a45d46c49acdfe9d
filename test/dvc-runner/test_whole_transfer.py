"""A push ends when the remote itself was seen to have everything, and names what it has not."""

import json
import shutil

import pytest

PIPELINE = """
stages:
  make:
    cmd: mkdir -p made/sub; cat in.txt > made/a.txt; echo b > made/sub/b.txt; echo one > one.txt
    deps: [in.txt]
    outs: [made, one.txt]
"""

B = "3b/5d5c3712955042212316173ccf37be"  # of "b\n"
ONE = "5b/bf5a52328e7439ae6e719dfe712200"  # of "one\n"


@pytest.fixture
def chosen(tmp_path):
    remote = {"url": str(tmp_path / "remote")}
    return {"core": {"remote": "sibling"}, "remote": {"sibling": remote}}


@pytest.fixture
def pushed(new_project, chosen):
    project = new_project("project").start()
    project.write("dvc.yaml", PIPELINE)
    project.write("in.txt", "a\n")
    assert project.dvc(chosen, "repro").returncode == 0
    assert project.dvc(chosen, "push", "--run-cache").returncode == 0
    return project


def transfer(project, chosen, *arguments):
    """The exit code, and the events by type; of several of a type the last one."""
    done = project.dvc(chosen, *arguments, environment={"SIBLING_TRANSFER_TOKEN": "token"})
    lines = [line for line in done.stdout.split("\n") if line.startswith("\x1etoken ")]
    events = [json.loads(line.split(" ", 2)[2]) for line in lines]
    return done.returncode, {event["type"]: event for event in events}


def test_a_file_of_a_folder_that_was_removed_from_the_remote_is_sent_again(
    pushed, chosen, tmp_path
):
    (tmp_path / "remote/files/md5" / B).unlink()
    code, events = transfer(pushed, chosen, "push", "--run-cache")
    assert code == 0
    assert events["progress"]["files"] == 1
    assert events["verified"] == {"type": "verified", "objects": 4, "unasked": 0}
    assert (tmp_path / "remote/files/md5" / B).exists()


def test_dvc_by_itself_takes_it_for_there(new_project, chosen, tmp_path):
    """When this fails, DVC does by itself what remote/truth.py is for."""
    project = new_project("project").start()
    project.write("dvc.yaml", PIPELINE)
    project.write("in.txt", "a\n")
    project.plain_dvc("remote", "add", "--default", "r", chosen["remote"]["sibling"]["url"])
    project.plain_dvc("repro")
    project.plain_dvc("push")
    (tmp_path / "remote/files/md5" / B).unlink()
    assert "up to date" in project.plain_dvc("push")
    assert "in sync" in project.plain_dvc("status", "--cloud")


def test_what_neither_side_has_fails_by_name(pushed, chosen, tmp_path):
    for folder in [pushed.root / ".dvc/cache", tmp_path / "remote"]:
        (folder / "files/md5" / B).unlink()
    code, events = transfer(pushed, chosen, "push", "--run-cache")
    assert code == 1
    assert "verified" not in events
    assert events["lacking"]["here"] == 0
    assert [each["path"] for each in events["lacking"]["objects"]] == ["made/sub/b.txt"]


def test_targets_are_verified_alone(pushed, chosen, tmp_path):
    for folder in [pushed.root / ".dvc/cache", tmp_path / "remote"]:
        (folder / "files/md5" / B).unlink()
    code, events = transfer(pushed, chosen, "push", "one.txt")
    assert code == 0
    assert events["verified"]["objects"] == 1


def test_a_file_that_cannot_be_sent_is_named(pushed, chosen, tmp_path):
    folder = tmp_path / "remote/files/md5" / B[:2]
    shutil.rmtree(folder)
    folder.symlink_to(tmp_path / "absent/folder")
    (tmp_path / "remote/files/md5" / ONE).unlink()
    code, events = transfer(pushed, chosen, "push")
    assert code == 1
    sent = {"type": "progress", "files": 1, "ofFiles": 2, "bytes": 4, "ofBytes": 6}
    assert events["progress"] == sent
    [failed] = events["failed"]["objects"]
    assert failed["path"] == "made/sub/b.txt"
    assert failed["size"] == 2
    assert failed["why"].startswith(("FileNotFoundError: ", "FileExistsError: "))


def test_progress_counts_files_and_bytes(pushed, chosen, tmp_path):
    shutil.rmtree(tmp_path / "remote")
    code, events = transfer(pushed, chosen, "push", "--run-cache")
    assert code == 0
    expected = {"type": "progress", "files": 3, "ofFiles": 3, "bytes": 8, "ofBytes": 8}
    assert events["progress"] == expected
    for path in ["made", "one.txt", ".dvc/cache"]:
        target = pushed.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    code, events = transfer(pushed, chosen, "pull")
    assert code == 0
    assert events["progress"] == expected


def test_an_entry_of_the_run_cache_goes_once_and_only_with_its_objects(pushed, chosen, tmp_path):
    remote = tmp_path / "remote"
    (first,) = remote.glob("runs/*/*/*")
    first_time = first.stat().st_mtime_ns
    pushed.write("in.txt", "new\n")
    assert pushed.dvc(chosen, "repro").returncode == 0
    shutil.copytree(pushed.root / ".dvc/cache/runs", tmp_path / "runs")
    pushed.write("in.txt", "newer\n")
    assert pushed.dvc(chosen, "repro").returncode == 0
    code, _ = transfer(pushed, chosen, "push", "--run-cache")
    assert code == 0
    # Of the run between nothing was pushed: its entry would lead nowhere.
    assert len(list((pushed.root / ".dvc/cache").glob("runs/*/*/*"))) == 3
    assert len(list(remote.glob("runs/*/*/*"))) == 2
    assert first.stat().st_mtime_ns == first_time


def test_an_entry_that_cannot_be_sent_is_an_error(pushed, chosen, tmp_path):
    shutil.rmtree(tmp_path / "remote/runs")
    (tmp_path / "remote/runs").symlink_to(tmp_path / "absent/folder")
    code, events = transfer(pushed, chosen, "push", "--run-cache")
    assert code == 1
    assert events["failed"]["objects"][0]["path"].startswith("the run-cache's entry runs/")


def test_what_a_killed_pull_left_does_not_stop_the_next(pushed, chosen):
    name = f".{'x' * 22}.tmp"
    for path in ["made", "made/sub", ".dvc/cache/files/md5/3b", "."]:
        pushed.write(f"{path}/{name}", "half")
    pushed.write("made/.keep.tmp", "somebody's own")
    (pushed.root / "made/a.txt").unlink()
    (pushed.root / "made/.keep.tmp").unlink()
    code, _ = transfer(pushed, chosen, "pull", "--run-cache")
    assert code == 0
    assert list(pushed.root.rglob(name)) == []
    assert (pushed.root / "made/a.txt").read_text() == "a\n"
