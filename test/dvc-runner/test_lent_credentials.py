"""What of the launcher's machine DVC is given for its remote."""

import base64
import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "dvc-runner"))
from remote import lent_credentials


@pytest.fixture
def hand_over(tmp_path, monkeypatch):
    def write(lent):
        path = tmp_path / "lent.json"
        path.write_text(json.dumps(lent))
        monkeypatch.setenv("SIBLING_REMOTE_CREDENTIALS_FILE", str(path))
        return path

    monkeypatch.setenv("HOME", "/tmp")  # noqa: S108
    return write


def packed(source, target, text):
    encoded = base64.b64encode(text.encode()).decode()
    return {"source": source, "target": target, "base64": encoded}


def test_files_are_where_clients_look_and_go_with_the_process(hand_over, monkeypatch):
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    path = hand_over(
        {
            "home": "/home/ada",
            "variables": {"GOOGLE_APPLICATION_CREDENTIALS": "/srv/key.json", "AWS_PROFILE": "team"},
            "files": [
                packed("/home/ada/.aws/credentials", "home/.aws/credentials", "[team]"),
                packed("/srv/key.json", "files/1/key.json", "{}"),
            ],
        }
    )
    with lent_credentials.in_memory():
        assert not path.exists()
        home = os.environ["HOME"]
        profile = Path(home, ".aws/credentials")
        assert profile.read_text() == "[team]"
        assert profile.stat().st_mode & 0o777 == 0o600
        assert os.environ["AWS_PROFILE"] == "team"
        key = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
        assert Path(key).read_text() == "{}"
        options = {
            "credentialpath": "/srv/key.json",
            "keyfile": "~/.aws/credentials",
            "user": "ada",
            "port": 22,
        }
        assert lent_credentials.options_here(options) == {
            "credentialpath": key,
            "keyfile": str(profile),
            "user": "ada",
            "port": 22,
        }
    assert not Path(key).exists()
    assert not profile.exists()


def test_without_any_nothing_changes(hand_over):
    hand_over({})
    with lent_credentials.in_memory():
        assert os.environ["HOME"] == "/tmp"  # noqa: S108
