"""What test/real/overrides.test.ts, which compares with DVC, does not show."""

import json
import subprocess

import pytest
from conftest import ENTRY, PYTHON


@pytest.fixture
def project(tmp_path):
    (tmp_path / "params.yaml").write_text("lr: 0.1\nseed: 1\n")
    (tmp_path / ".dvc").mkdir()
    return tmp_path


def answer(project, *overrides):
    command = [PYTHON, str(ENTRY), "sibling-apply-overrides", *overrides]
    done = subprocess.run(  # noqa: S603
        command, cwd=project, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 16_384
    return json.loads("".join(lines))


def test_a_long_file_comes_in_lines_that_nobody_cuts(project):
    long = "".join(f"name{i}: é{'x' * 40}\n" for i in range(3000))
    (project / "params.yaml").write_text(f"lr: 0.1\n{long}", encoding="utf-8")
    assert answer(project, "lr=0.2") == {"files": {"params.yaml": f"lr: 0.2\n{long}"}}


def test_one_file_written_in_two_ways_is_one(project):
    assert answer(project, "lr=0.2", "./params.yaml:seed=2") == {
        "files": {"params.yaml": "lr: 0.2\nseed: 2\n"}
    }


def test_the_first_that_fails_is_named_and_the_files_stay(project):
    refused = answer(project, "seed=2", "sede=3", "./params.yaml:also=4")["refused"]
    assert refused["override"] == "sede=3"
    assert refused["keys"] == ["lr", "seed"]
    assert (project / "params.yaml").read_text() == "lr: 0.1\nseed: 1\n"


def test_params_that_hydra_composes_are_refused(project):
    (project / ".dvc" / "config").write_text("[hydra]\n    enabled = True\n")
    (project / "other.json").write_text('{"a": 1}')
    assert "hydra.enabled" in answer(project, "lr=0.2")["refused"]["why"]
    assert answer(project, "other.json:a=2") == {"files": {"other.json": '{"a": 2}'}}
