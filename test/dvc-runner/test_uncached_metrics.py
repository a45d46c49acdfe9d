"""A stage with metrics and plots that DVC does not cache is restored in another clone."""

import shutil

import pytest

PIPELINE = """
stages:
  a:
    cmd: echo ran >> ran.log; cat in.txt > out.txt; echo '{"x":1}' > m.json; mkdir -p p;
      echo '[{"y":1}]' > p/c.json; echo '{"z":1}' > cached.json
    deps: [in.txt]
    outs: [out.txt]
    metrics:
      - m.json: {cache: false}
      - cached.json
    plots:
      - p: {cache: false}
"""


def folder_remote(path):
    return {"core": {"remote": "sibling"}, "remote": {"sibling": {"url": str(path)}}}


@pytest.fixture
def make_clone(new_project):
    def make(name):
        clone = new_project(name).start()
        clone.write("dvc.yaml", PIPELINE)
        clone.write("in.txt", "in\n")
        return clone

    return make


def ran(project):
    return (project.root / "ran.log").exists()


def test_another_clone_without_a_lock_restores_the_stage(make_clone, tmp_path):
    chosen = folder_remote(tmp_path / "remote")
    first, second = make_clone("first"), make_clone("second")
    assert first.dvc(chosen, "repro").returncode == 0
    assert "2 files pushed" in first.dvc(chosen, "push").stdout  # as DVC has it
    pushed = first.dvc(chosen, "push", "--run-cache")
    assert pushed.returncode == 0, pushed.stderr
    # Of out.txt, cached.json, m.json, p/c.json and the list that p is.
    assert len(list((tmp_path / "remote").glob("files/md5/*/*"))) == 5
    assert "up to date" in first.dvc(chosen, "push", "--run-cache").stdout
    done = second.dvc(chosen, "repro", "--pull")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not ran(second), done.stdout + done.stderr
    assert (second.root / "m.json").read_text() == '{"x":1}\n'
    assert (second.root / "p/c.json").read_text() == '[{"y":1}]\n'
    assert (second.root / "dvc.lock").read_bytes() == (first.root / "dvc.lock").read_bytes()


def test_what_the_cache_does_not_hold_is_left_out(make_clone, tmp_path):
    chosen = folder_remote(tmp_path / "remote")
    project = make_clone("project")
    project.dvc(chosen, "repro")
    for file in (project.root / ".dvc/cache/files/md5").glob("*/*"):
        if file.read_text() == '{"x":1}\n':
            file.unlink()
    pushed = project.dvc(chosen, "push", "--run-cache")
    assert pushed.returncode == 0, pushed.stderr


def test_a_remote_that_takes_nothing_is_an_error(make_clone, tmp_path):
    chosen = folder_remote(tmp_path / "remote")
    project = make_clone("project")
    project.dvc(chosen, "repro")
    project.dvc(chosen, "push", "--run-cache")
    lock = (project.root / "dvc.lock").read_text()
    uncached = lock.split("path: m.json\n")[1].split("md5: ")[1][:32]
    folder = tmp_path / "remote/files/md5" / uncached[:2]
    shutil.rmtree(folder)
    folder.symlink_to(tmp_path / "absent/folder")
    pushed = project.dvc(chosen, "push", "--run-cache")
    assert pushed.returncode == 1
    assert "1 files failed to upload" in pushed.stderr
