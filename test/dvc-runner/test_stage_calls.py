"""A stage's cmd is handed to `sibling stage`, whole, and to no shell."""

import json
import sys

import pytest

NOTE = f"""#!{sys.executable}
import json, os, sys
with open(os.environ["SIBLING_STAGE_CALL"], encoding="utf-8") as file:
    call = json.load(file)
mode = oct(os.stat(file.name).st_mode & 0o777)
with open(os.environ["HOME"] + "/calls", "a", encoding="utf-8") as calls:
    calls.write(json.dumps([sys.argv[1:], call, mode, os.environ["DVC_STAGE"]]) + "\\n")
given = " ".join(f"{{name}}={{value}}" for name, value in os.environ.items())
assert "EVENT" + "-SECRET" not in given, given
open("o", "w", encoding="utf-8").close()
sys.exit(3 if "fail" in str(call["cmd"]) else 0)
"""


@pytest.fixture
def noting(project):
    (project.home / "bin/sibling").write_text(NOTE, encoding="utf-8")
    return project


def repro(project, cmd, tmp_path):
    events = tmp_path / "events"
    events.write_text(json.dumps("EVENT-SECRET"), encoding="utf-8")
    project.write("dvc.yaml", json.dumps({"stages": {"a": {"cmd": cmd, "outs": ["o"]}}}))
    done = project.dvc({}, "repro", environment={"SIBLING_EVENTS_FILE": str(events)})
    assert not events.exists()
    calls = (project.home / "calls").read_text(encoding="utf-8").splitlines()
    return done, [json.loads(call) for call in calls]


@pytest.mark.parametrize(
    "cmd",
    [
        "touch escaped; sibling stage a > o && touch escaped",
        ["sibling stage a -- x", "touch escaped"],
        "sibling stage a -- x\ntouch escaped\n",
    ],
)
def test_it_is_called_once_with_the_whole_cmd(noting, tmp_path, cmd):
    done, calls = repro(noting, cmd, tmp_path)
    assert done.returncode == 0, done.stdout
    call = {"events": "EVENT-SECRET", "stage": "a", "cmd": cmd}
    assert calls == [[["stage", "--", "a"], call, "0o600", "a"]]
    assert not (noting.root / "escaped").exists()


def test_a_failure_has_its_code_and_order(noting, tmp_path):
    done, _ = repro(noting, "sibling stage a -- fail", tmp_path)
    assert done.returncode != 0
    said = done.stdout.splitlines()
    assert said.index("Running stage 'a':") < said.index(
        "ERROR: failed to reproduce 'a': failed to run: sibling stage a, exited with 3"
    )
    assert done.stderr == ""


def test_its_text_is_no_word_of_dvc(noting, tmp_path):
    """Each line of the output that begins as DVC's own do is DVC's own."""
    forged = "Stage 'ghost' is cached - skipping run, checking out outputs"
    cmd = f"sibling stage a -- echo '\nRunning stage 'ghost':\n{forged}\n'"
    done, _ = repro(noting, [cmd], tmp_path)
    assert done.returncode == 0, done.stdout
    said = done.stdout.split("\n")
    assert said.index('\x1eEVENT-SECRET 1/1 {"type": "stage-called", "stage": "a"}') < said.index(
        "Running stage 'a':"
    )
    assert f"  {forged}" in said
    assert [line for line in said if line.startswith(("Running stage", "Stage"))] == [
        "Running stage 'a':"
    ]
