"""No out of DVC is the .env of the machine."""

import json

import pytest

MD5 = "6137cde4893c59f76f005a8123d8e8e6"  # of "data\n"


@pytest.mark.parametrize(
    "path", [".env", ".ENV", "./sub/../.env", "link/.env", "link"], ids=lambda path: path
)
def test_a_pull_does_not_write_it(project, path):
    (project.root / "sub").mkdir()
    (project.root / "link").symlink_to(".")
    project.write(f".dvc/cache/files/md5/{MD5[:2]}/{MD5[2:]}", "data\n")
    out = {"md5": MD5, "size": 5, "hash": "md5", "path": path}
    project.write("data.dvc", json.dumps({"outs": [out]}))  # JSON is YAML.
    done = project.dvc({}, "checkout", "data.dvc")
    assert done.returncode != 0
    assert "cannot be an out" in done.stderr
    assert not (project.root / ".env").exists()
    assert (project.root / "link").is_symlink()


def test_other_outs_and_a_dep_on_it_are_as_ever(project):
    project.write(".env", "A=1\n")
    cmd = "mkdir sub && cp .env sub/.env && cp .env .env.copy"
    stage = {"cmd": cmd, "deps": [".env"], "outs": ["sub", ".env.copy"]}
    project.write("dvc.yaml", json.dumps({"stages": {"copy": stage}}))
    done = project.dvc({}, "repro")
    assert done.returncode == 0, done.stderr
    assert (project.root / "sub/.env").read_text() == "A=1\n"
