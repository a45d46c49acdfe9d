"""The chosen remote is the default one, and its credentials go to its own address alone."""

import json
import shutil

import pytest

MD5 = "6137cde4893c59f76f005a8123d8e8e6"  # of "data\n"


def folder_remote(path):
    return {"core": {"remote": "sibling"}, "remote": {"sibling": {"url": str(path)}}}


def s3_remote(address, **options):
    remote = {
        "url": "s3://dvc",
        "endpointurl": address,
        "region": "us-east-1",
        "access_key_id": "CANARYKEY",
        "secret_access_key": "CANARYSECRET",
        **options,
    }
    return {"core": {"remote": "sibling"}, "remote": {"sibling": remote}}


def track_data(project):
    """What `dvc add d.txt` leaves."""
    project.write("d.txt", "data\n")
    project.write("d.txt.dvc", f"outs:\n- md5: {MD5}\n  size: 5\n  hash: md5\n  path: d.txt\n")
    project.write(f".dvc/cache/files/md5/{MD5[:2]}/{MD5[2:]}", "data\n")


def config_file(name, url):
    return f"[core]\nremote = {name}\n['remote \"{name}\"']\nurl = {url}\n"


def objects(folder):
    return sorted(f"{path.parent.name}{path.name}" for path in folder.rglob("files/md5/*/*"))


def test_the_chosen_folder_gets_the_objects_and_the_remotes_of_files_nothing(project, tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    track_data(project)
    project.write(".dvc/config", config_file("origin", theirs))
    project.write(".dvc/config.local", config_file("sibling", theirs))
    done = project.dvc(folder_remote(ours), "push")
    assert done.returncode == 0, done.stderr
    assert objects(ours) == [MD5]
    assert objects(theirs) == []


@pytest.mark.parametrize("chosen", [None, {}])
def test_without_a_choice_the_files_decide(project, tmp_path, chosen):
    theirs = tmp_path / "theirs"
    track_data(project)
    project.write(".dvc/config", config_file("origin", theirs))
    done = project.dvc(chosen, "push")
    assert done.returncode == 0, done.stderr
    assert objects(theirs) == [MD5]


def track_data_in(project, remote):
    track_data(project)
    with (project.root / "d.txt.dvc").open("a") as file:
        file.write(f"  remote: {remote}\n")


@pytest.mark.parametrize("choose", [folder_remote, lambda _: {}])
def test_an_outs_own_remote_gets_it_where_its_folder_is_here(project, tmp_path, choose):
    ours, theirs, here = tmp_path / "ours", tmp_path / "theirs", tmp_path / "here"
    track_data_in(project, "Other")
    project.write(
        ".dvc/config", config_file("origin", ours) + f"['remote \"other\"']\nurl = {theirs}\n"
    )
    folders = {"other": str(here), "origin": str(ours)}
    done = project.dvc({**choose(ours), "folders": folders}, "push")
    assert done.returncode == 0, done.stderr
    assert (objects(ours), objects(theirs), objects(here)) == ([], [], [MD5])


def test_an_outs_own_folder_that_is_not_here_is_not_made(project, tmp_path):
    theirs = tmp_path / "theirs"
    track_data_in(project, "other")
    project.write(".dvc/config", f"['remote \"other\"']\nurl = {theirs}\n")
    done = project.dvc({**folder_remote(tmp_path / "ours"), "folders": {}}, "push")
    assert done.returncode != 0
    assert f"the folder of remote 'other' is not there: {theirs}" in done.stderr
    assert not theirs.exists()


def test_an_outs_own_folder_in_the_project_is_here(project, tmp_path):
    track_data_in(project, "other")
    project.write(".dvc/config", "['remote \"other\"']\nurl = ../store\n")
    done = project.dvc({**folder_remote(tmp_path / "ours"), "folders": {}}, "push")
    assert done.returncode == 0, done.stderr
    assert objects(project.root / "store") == [MD5]


def test_beside_a_remote_with_credentials_no_other_is_known(project, tmp_path):
    theirs = tmp_path / "theirs"
    track_data_in(project, "other")
    project.write(".dvc/config", f"['remote \"other\"']\nurl = {theirs}\n")
    done = project.dvc(s3_remote("http://127.0.0.1:1"), "push")
    assert done.returncode != 0
    assert "remote 'other' doesn't exist" in done.stderr
    assert objects(theirs) == []


def test_credentials_reach_the_chosen_address_and_options_of_files_are_not_merged_in(
    project, listen
):
    ours, evil = listen(), listen()
    track_data(project)
    project.write(
        ".dvc/config",
        config_file("sibling", "s3://dvc")
        + f"endpointurl = {evil.address}\nsession_token = THEIRS\n",
    )
    project.dvc(s3_remote(ours.address), "push")
    assert ours.saw("CANARYKEY")
    assert evil.authorizations == []


def frozen_import(source, **repo):
    return {
        "frozen": True,
        "deps": [{"path": "d.txt", "repo": {"url": str(source), **repo}}],
        "outs": [{"path": "copy.txt", "md5": MD5, "hash": "md5"}],
    }


def url_import(path, **fs_config):
    return {
        "deps": [{"path": path, "fs_config": fs_config}],
        "outs": [{"path": "copy.txt", "md5": MD5, "hash": "md5"}],
    }


# What a pull request can write into a .dvc file, by the kind of it.
HOSTILE = {
    "options of an import's remote": lambda source, own, evil: frozen_import(
        source, remote={"endpointurl": evil}
    ),
    "configuration of an import": lambda source, own, evil: frozen_import(
        source,
        config={"core": {"remote": "sibling"}, "remote": {"sibling": {"endpointurl": evil}}},
    ),
    "an import's remote that is based on ours": lambda source, own, evil: frozen_import(
        source,
        remote="based",
        config={"remote": {"based": {"url": "remote://sibling/x", "endpointurl": evil}}},
    ),
    "an import from the project itself": lambda source, own, evil: frozen_import(
        own, remote={"endpointurl": evil}
    ),
    "options of a dependency below our remote": lambda source, own, evil: url_import(
        "remote://sibling/x.txt", endpointurl=evil
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_of_the_project_sends_the_credentials_elsewhere(project, new_project, listen, name):
    ours, evil = listen(), listen()
    source = new_project("source").start()
    project.write(".dvc/config", config_file("sibling", "s3://dvc"))
    for owner in (source, project):
        track_data(owner)
        owner.command("git", "add", ".")
        owner.command("git", "commit", "--quiet", "-m", "data")
        (owner.root / "d.txt").unlink()
        shutil.rmtree(owner.root / ".dvc/cache")
    # JSON is YAML.
    project.write("attack.dvc", json.dumps(HOSTILE[name](source.root, project.root, evil.address)))
    # What sent them each time when the options stood in the configuration.
    is_dependency = "dependency" in name
    command = ["repro", "--pull"] if is_dependency else ["pull"]
    done = project.dvc(s3_remote(ours.address), *command, "attack.dvc")
    # That they went nowhere tells something only where DVC got so far as to look for the data.
    if is_dependency:
        assert ours.saw("CANARYKEY"), done.stderr
    else:
        assert "failed to pull data from the cloud" in done.stderr
    assert not evil.saw("CANARYKEY"), evil.authorizations


def test_an_import_still_comes_from_its_own_remote(project, new_project, tmp_path):
    source = new_project("source").start()
    track_data(source)
    source.plain_dvc("remote", "add", "--default", "origin", str(tmp_path / "source-remote"))
    source.plain_dvc("push", "--quiet")
    source.command("git", "add", ".")
    source.command("git", "commit", "--quiet", "-m", "data")
    bare = tmp_path / "source.git"
    source.command("git", "clone", "--quiet", "--bare", ".", str(bare))
    done = project.dvc(folder_remote(tmp_path / "ours"), "import", f"file://{bare}", "d.txt")
    assert done.returncode == 0, done.stderr
    assert (project.root / "d.txt").read_text() == "data\n"


def test_nothing_chosen_is_written_or_shown(project):
    chosen = s3_remote("http://127.0.0.1:1")
    project.write(".dvc/config", config_file("origin", "s3://o"))
    listed = project.dvc(chosen, "config", "--list")
    assert listed.returncode == 0, listed.stderr
    assert "CANARY" not in listed.stdout + listed.stderr
    assert project.dvc(chosen, "config", "core.autostage", "true").returncode == 0
    config = (project.root / ".dvc/config").read_text()
    assert "autostage" in config and "s3://o" in config
    assert "CANARY" not in config and "sibling" not in config


def test_without_the_file_that_is_named_nothing_runs(project, tmp_path):
    theirs = tmp_path / "theirs"
    track_data(project)
    project.write(".dvc/config", config_file("origin", theirs))
    absent = {"SIBLING_DVC_CONFIG_FILE": str(tmp_path / "absent.json")}
    assert project.dvc(None, "push", environment=absent).returncode != 0
    assert objects(theirs) == []
