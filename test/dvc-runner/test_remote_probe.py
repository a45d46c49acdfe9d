"""`sibling doctor` tries the remote with an object of its own, and leaves nothing."""

import json


def probe(project, chosen):
    done = project.dvc(chosen, "sibling-probe-remote")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def chosen_remote(**options):
    return {"core": {"remote": "sibling"}, "remote": {"sibling": options}}


def test_a_remote_that_is_well_has_what_it_had(project, tmp_path):
    remote = tmp_path / "remote"
    (remote / "sibling-doctor").mkdir(parents=True)
    (remote / "files").write_text("data")
    (remote / "sibling-doctor/of-another").write_text("probe")
    assert probe(project, chosen_remote(url=str(remote))) == {"step": "done"}
    names = sorted(path.name for path in remote.rglob("*"))
    assert names == ["files", "of-another", "sibling-doctor"]


def test_the_folder_of_the_probe_goes_with_it(project, tmp_path):
    remote = tmp_path / "remote"
    remote.mkdir()
    assert probe(project, chosen_remote(url=str(remote))) == {"step": "done"}
    assert list(remote.iterdir()) == []


def test_a_remote_that_takes_nothing_says_why(project, listen):
    server = listen()
    options = {"access_key_id": "key", "secret_access_key": "hidden", "region": "us-east-1"}
    remote = chosen_remote(url="s3://bucket", endpointurl=server.address, **options)
    answer = probe(project, remote)
    assert answer["step"] == "put"
    assert "404" in answer["error"] or "Not Found" in answer["error"]
    assert "hidden" not in json.dumps(answer)


def test_a_remote_of_the_project_is_tried_as_it_is_written(project, tmp_path):
    remote = tmp_path / "own"
    remote.mkdir()
    project.write(".dvc/config", f"[core]\nremote = r\n['remote \"r\"']\nurl = {remote}\n")
    assert probe(project, {}) == {"step": "done"}


def test_no_remote_at_all_cannot_be_opened(project):
    assert probe(project, {})["step"] == "open"


def test_a_remote_that_cannot_delete_is_not_tried(project, listen):
    server = listen()
    assert probe(project, chosen_remote(url=server.address)) == {"step": "unsupported"}
    assert server.authorizations == []
