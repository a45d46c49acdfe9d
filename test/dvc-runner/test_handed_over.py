"""What is handed over in files is gone from the disk before DVC does anything."""

import json
from pathlib import Path


def test_the_remote_is_removed_once_it_is_read(project):
    done = project.dvc({}, "root")
    assert done.returncode == 0, done.stderr
    assert not project.root.with_name("chosen.json").exists()


def test_a_stage_reads_its_variables_in_memory_and_nothing_is_left(project, tmp_path):
    given = tmp_path / "stage-env.json"
    given.touch(mode=0o600)
    given.write_text(json.dumps({"API_TOKEN": "CANARY"}), encoding="utf-8")
    command = 'cp "$SIBLING_STAGE_ENV_FILE" seen; stat -c %a:%n "$SIBLING_STAGE_ENV_FILE" > where'
    stage = {"cmd": command, "outs": [{"seen": {"cache": False}}, {"where": {"cache": False}}]}
    project.write("dvc.yaml", json.dumps({"stages": {"look": stage}}))  # JSON is YAML.
    done = project.dvc({}, "repro", environment={"SIBLING_STAGE_ENV_FILE": str(given)})
    assert done.returncode == 0, done.stderr
    assert json.loads((project.root / "seen").read_text()) == {"API_TOKEN": "CANARY"}
    mode, _, path = (project.root / "where").read_text().strip().partition(":")
    assert mode == "600"
    assert path.startswith("/dev/shm/sibling-")  # noqa: S108
    assert not given.exists()
    folder = Path(path).parent
    assert not folder.exists()


def test_dvc_goes_through_the_proxies_of_the_machine_and_their_file_is_gone(project, tmp_path):
    given = tmp_path / "network-env.json"
    given.write_text(json.dumps({"HTTPS_PROXY": "http://ada:CANARY@proxy"}), encoding="utf-8")
    stage = {"cmd": 'echo "$HTTPS_PROXY" > seen', "outs": [{"seen": {"cache": False}}]}
    project.write("dvc.yaml", json.dumps({"stages": {"look": stage}}))  # JSON is YAML.
    done = project.dvc({}, "repro", environment={"SIBLING_NETWORK_ENV_FILE": str(given)})
    assert done.returncode == 0, done.stderr
    assert (project.root / "seen").read_text() == "http://ada:CANARY@proxy\n"
    assert not given.exists()


def test_arguments_that_no_command_line_holds_come_in_a_file(project, tmp_path):
    name = "x" * 3_000_000
    given = tmp_path / "arguments.json"
    given.write_text(json.dumps(["config", "core.remote", name]), encoding="utf-8")
    done = project.dvc({}, environment={"SIBLING_DVC_ARGUMENTS_FILE": str(given)})
    assert done.returncode == 0, done.stderr
    assert name in (project.root / ".dvc/config").read_text(encoding="utf-8")
