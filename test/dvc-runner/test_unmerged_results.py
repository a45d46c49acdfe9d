"""Results of an unmerged commit lie apart; a run believes them only if all about them is true."""

import hashlib
import json
import shutil

import pytest

FOLDER = "sibling/unmerged/0123456789abcdef"
HEAD, OTHER, TREE = "a" * 40, "b" * 40, "c" * 40
BRANCH = {"folder": FOLDER, "writes": HEAD, "marks": [f"trees/{TREE}"], "reads": [HEAD]}
MERGED = {"folder": FOLDER, "reads": [HEAD]}
# Stages by what is done to their results, or to their inputs.
NAMES = ["other_out", "other_entry", "no_yaml", "other_bytes", "other_list", "no_object"]
CHANGED = ["dep", "param", "cmd"]


def pipeline(names):
    stages = {
        name: {
            "cmd": f"cat {name}.in > {name}.out; mkdir -p {name}; echo {name} > {name}/file;"
            f" date +%s%N > {name}.time",
            "deps": [f"{name}.in"],
            "params": [name],
            "outs": [f"{name}.out", name, f"{name}.time"],
        }
        for name in names
    }
    return json.dumps({"stages": stages})


class Clone:
    """A clone of one project; the folder `remote` is the only thing that clones share."""

    image = "sibling/stage:0123"

    def __init__(self, project, remote, names):
        self.project, self.root, self.names = project, project.root, names
        self.chosen = {"core": {"remote": "sibling"}, "remote": {"sibling": {"url": str(remote)}}}
        project.start()
        project.write("dvc.yaml", pipeline(names))
        project.write("params.yaml", "".join(f"{name}: 1.0e-7\n" for name in names))
        for name in names:
            project.write(f"{name}.in", f"in {name}\n")

    def dvc(self, place, *arguments, **environment):
        """What DVC said; it must succeed."""
        code, said = self.try_dvc(place, *arguments, **environment)
        assert code == 0, said
        return said

    def try_dvc(self, place, *arguments, **environment):
        file = self.root.with_name("run-cache.json")
        file.write_text(json.dumps(place))
        facts = self.root.with_name("run.json")
        images = {name: {"reference": self.image} for name in self.names}
        facts.write_text(json.dumps({"images": images}))
        handed = {"SIBLING_RUN_CACHE_FILE": str(file), "SIBLING_RUN_FILE": str(facts)}
        environment = {**handed, **environment}
        done = self.project.dvc(self.chosen, *arguments, environment=environment)
        return done.returncode, done.stdout + done.stderr

    def times(self):
        """When each stage ran."""
        files = {name: self.root / f"{name}.time" for name in self.names}
        return {name: file.read_text() for name, file in files.items() if file.exists()}

    def assert_true(self):
        """Whatever is here is what the stages make."""
        for name in self.names:
            out, file = self.root / f"{name}.out", self.root / name / "file"
            assert not out.exists() or out.read_text() == f"in {name}\n"
            assert not file.exists() or file.read_text() == f"{name}\n"


@pytest.fixture
def remote(tmp_path):
    return tmp_path / "remote"


@pytest.fixture
def clone(new_project, remote):
    return lambda name, names=("make",): Clone(new_project(name), remote, names)


@pytest.fixture
def branch(clone):
    """Makes a clone that has run on a branch, and has pushed."""

    def make(names=("make",)):
        made = clone("branch", names)
        made.dvc(BRANCH, "repro")
        made.dvc(BRANCH, "push", "--run-cache")
        return made

    return make


def entries(remote, name="make"):
    found = remote.glob(f"{FOLDER}/*/*/runs/*/*/*")
    return [path for path in found if f"path: {name}.in" in path.read_text()]


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def object_of(remote, content):
    oid = md5(content)
    return remote / "files/md5" / oid[:2] / oid[2:]


def overwrite(file, content):
    """As DVC leaves an object: write-protected, and so believed."""
    file.chmod(0o644)
    file.write_bytes(content)
    file.chmod(0o444)


def test_a_branch_writes_nothing_that_dvc_or_main_reads(branch, clone, remote):
    first = branch()
    assert not (remote / "runs").exists()
    (entry,) = entries(remote)
    assert entry.relative_to(remote).parts[:4] == (*FOLDER.split("/"), HEAD)
    assert (remote / FOLDER / "trees" / TREE / HEAD).read_bytes() == b""
    plain = clone("plain")
    plain.project.plain_dvc("remote", "add", "--default", "r", str(remote))
    plain.project.plain_dvc("fetch", "--run-cache")
    assert not list((plain.root / ".dvc/cache").glob("**/runs"))
    main = clone("main")
    assert "is cached" not in main.dvc({}, "repro", "--pull")
    assert main.times() != first.times()


def test_the_next_job_of_the_commit_takes_them_and_sends_none_again(branch, clone, remote):
    first = branch()
    (entry,) = entries(remote)
    written = entry.stat().st_mtime_ns
    second = clone("second")
    second.dvc(BRANCH, "repro", "--pull")
    assert second.times() == first.times()
    second.dvc(BRANCH, "push", "--run-cache")
    assert entry.stat().st_mtime_ns == written
    assert not (remote / "runs").exists()


@pytest.mark.parametrize("place", [MERGED, {"folder": FOLDER, "marked": [f"trees/{TREE}"]}])
def test_a_run_of_what_is_merged_makes_them_its_own(branch, clone, remote, place):
    first = branch()
    # A mark that names no commit leads nowhere.
    for name in ["runs", HEAD[:39], f"{OTHER}.tmp"]:
        (remote / FOLDER / "trees" / TREE / name).write_text("")
    main = clone("main")
    said = main.dvc(place, "repro", "--pull")
    assert f"taken from what commit {HEAD[:12]} was run with" in said
    assert main.times() == first.times()
    main.dvc(place, "push", "--run-cache")
    (own,) = remote.glob("runs/*/*/*")
    assert own.read_bytes() == entries(remote)[0].read_bytes()
    after = clone("after")
    assert "is cached" in after.dvc({}, "repro", "--pull")


def test_what_main_has_itself_comes_first_and_other_inputs_are_another_result(branch, clone):
    first = branch([*CHANGED, "make"])
    main = clone("main", [*CHANGED, "make"])
    main.dvc({}, "repro", "make")
    main.dvc({}, "push", "--run-cache", "make")
    again = clone("again", [*CHANGED, "make"])
    for path, old, new in [
        ("dep.in", "in", "new"),
        ("params.yaml", "param: 1.0e-7", "param: 2"),
        ("dvc.yaml", "cat cmd", "cat  cmd"),
    ]:
        again.project.write(path, (again.root / path).read_text().replace(old, new))
    again.dvc(MERGED, "repro", "--pull")
    times = again.times()
    assert times["make"] == main.times()["make"]
    assert all(times[name] != first.times()[name] for name in CHANGED)


@pytest.mark.parametrize("of_image", [True, False])
def test_what_another_image_or_other_options_made_is_another_result(branch, clone, of_image):
    """Neither is in an entry of DVC's."""
    first = branch()
    main = clone("main")
    if of_image:
        main.image = "sibling/stage:4567"
    else:
        text = (main.root / "dvc.yaml").read_text()
        meta = '"make": {"meta": {"sibling": {"network": "internet"}}, '
        main.project.write("dvc.yaml", text.replace('"make": {', meta))
    main.dvc(MERGED, "repro", "--pull")
    assert main.times() != first.times()
    again = clone("again")
    again.image = "registry.example.org:5000/pulls/sibling/stage:0123"
    again.dvc(MERGED, "repro", "--pull")
    assert again.times() == first.times()


def test_what_was_not_made_here_is_no_claim_of_the_commit(clone, remote):
    other = clone("other")
    other.dvc({}, "repro")
    first = clone("first")
    shutil.copytree(other.root / ".dvc/cache", first.root / ".dvc/cache")
    assert "is cached" in first.dvc(BRANCH, "repro")
    first.dvc(BRANCH, "push", "--run-cache")
    assert list(remote.glob("**/runs")) == []


def forge(remote):
    """Does to each stage's entry, or to its objects, what it is called by."""
    (entry,) = entries(remote, "other_out")
    forged = b"forged\n"
    text = entry.read_text().replace(md5(b"in other_out\n"), md5(forged), 2)
    entry.write_text(text.replace(md5(forged), md5(b"in other_out\n"), 1))
    assert md5(forged) in entry.read_text()
    object_of(remote, forged).parent.mkdir(exist_ok=True)
    object_of(remote, forged).write_bytes(forged)
    (entry,) = entries(remote, "other_entry")
    overwrite(entry, entry.read_bytes().replace(b"other_entry: ", b"other_entry: 1"))
    (entry,) = entries(remote, "no_yaml")
    entry.write_bytes(b"\xff\x00{")
    forge_objects(remote)
    object_of(remote, b"no_object\n").unlink()


def forge_objects(remote):
    overwrite(object_of(remote, b"other_bytes\n"), b"forged bytes"[:12])
    theirs = object_of(remote, b"other_bytes forged\n")
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_bytes(b"other_bytes forged\n")
    true, other = md5(b"other_list\n").encode(), md5(b"other_bytes forged\n").encode()
    lists = [path for path in remote.glob("files/md5/*/*.dir") if true in path.read_bytes()]
    overwrite(lists[0], lists[0].read_bytes().replace(true, other))


def test_what_is_forged_is_run_instead_and_the_push_after_it_mends_the_remote(
    branch, clone, remote
):
    first = branch([*NAMES, "make"])
    forge(remote)
    main = clone("main", [*NAMES, "make"])
    said = main.dvc(MERGED, "repro", "--pull")
    main.assert_true()
    times = main.times()
    assert times["make"] == first.times()["make"]
    assert [name for name in NAMES if times[name] == first.times()[name]] == []
    assert said.count("was not taken") == len(NAMES)
    # The object is no out of this stage: it is sent all the same.
    said = main.dvc(MERGED, "push", "--run-cache", "make")
    assert said.count("it is sent again") == 2
    assert object_of(remote, b"other_bytes\n").read_bytes() == b"other_bytes\n"
    main.dvc(MERGED, "push", "--run-cache")
    assert len(list(remote.glob("runs/*/*/*"))) == len(NAMES) + 1
    after = clone("after", [*NAMES, "make"])
    after.dvc({}, "repro", "--pull")
    after.assert_true()
    assert after.times() == times


def test_nothing_that_dvc_lock_names_is_believed_to_be_other_bytes(clone, remote):
    names = ["other_bytes", "other_list"]
    main = clone("main", names)
    main.dvc({}, "repro")
    main.dvc({}, "push", "--run-cache")
    forge_objects(remote)
    second = clone("second", names)
    shutil.copy(main.root / "dvc.lock", second.root / "dvc.lock")
    code, said = second.try_dvc({}, "pull")
    assert code != 0
    assert said.count("has other bytes than its name says") >= 1
    assert "unexpected" not in said
    second.assert_true()
    for use in ["if-it-answers", "insisted"]:
        run = clone(use, names)
        shutil.copy(main.root / "dvc.lock", run.root / "dvc.lock")
        run.try_dvc({}, "repro", "--pull", SIBLING_REMOTE_USE=use)
        run.assert_true()


def test_dvc_by_itself_believes_them(clone, remote):
    """When this fails, DVC does by itself what remote/true_bytes.py is for."""
    names = ["other_bytes", "other_list"]
    main = clone("main", names)
    main.dvc({}, "repro")
    main.dvc({}, "push", "--run-cache")
    forge_objects(remote)
    plain = clone("plain", names)
    shutil.copy(main.root / "dvc.lock", plain.root / "dvc.lock")
    plain.project.plain_dvc("remote", "add", "--default", "r", str(remote))
    plain.project.plain_dvc("pull")
    assert (plain.root / "other_bytes/file").read_bytes() == b"forged bytes"
    assert (plain.root / "other_list/file").read_bytes() == b"other_bytes forged\n"
