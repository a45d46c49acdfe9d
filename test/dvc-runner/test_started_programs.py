"""No client of DVC's starts a program that a repository's configuration names."""

import subprocess
from pathlib import Path

import pytest
from conftest import ENTRY, PYTHON

PROFILE = """[profile evil]
credential_process = {home}/bin/trap
[evil]
credential_process = {home}/bin/trap
"""


@pytest.fixture
def trap(project):
    sprung = project.home / "sprung"
    program = project.home / "bin/trap"
    program.write_text(f"#!/bin/sh\ntouch {sprung}\n", encoding="utf-8")
    program.chmod(0o755)
    return sprung


@pytest.mark.parametrize("option", ["configpath", "credentialpath"])
@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_profiles_program_is_not_run(project, trap, option, command):
    project.write("aws.ini", PROFILE.format(home=project.home))
    project.write(
        ".dvc/config",
        "[core]\nremote = r\n['remote \"r\"']\nurl = s3://bucket/x\nprofile = evil\n"
        f"endpointurl = http://127.0.0.1:1\n{option} = ../aws.ini\n",
    )
    project.write("d.txt", "data\n")
    md5 = "6137cde4893c59f76f005a8123d8e8e6"
    project.write("d.txt.dvc", f"outs:\n- md5: {md5}\n  size: 5\n  hash: md5\n  path: d.txt\n")
    project.write(f".dvc/cache/files/md5/{md5[:2]}/{md5[2:]}", "data\n")
    if command == "pull":
        project.command("rm", "-r", ".dvc/cache", "d.txt")
    done = project.dvc({}, command)
    assert done.returncode != 0
    assert "would start a program, trap, beside the engine" in done.stdout + done.stderr
    assert not trap.exists()


WAYS = {
    "subprocess": "import subprocess; subprocess.run(['{trap}'])",
    "shell": "import subprocess; subprocess.run('{trap}', shell=True)",
    "system": "import os; os.system('{trap}')",
    "exec": "import os; os.execv('{trap}', ['trap'])",
    "spawn": "import os; os.posix_spawn('{trap}', ['trap'], {{}})",
    "popen": "import os; os.popen('{trap}').read()",
    "asyncio": "import asyncio, subprocess\n"
    "async def ask():\n    await asyncio.create_subprocess_exec('{trap}')\n"
    "asyncio.run(ask())",
    "thread": "import threading, subprocess\n"
    "thread = threading.Thread(target=subprocess.run, args=(['{trap}'],))\n"
    "thread.start(); thread.join()",
}


# Each way in a process of its own: one of them is to become another program.
EACH_WAY = """
import json, os, runpy, sys
sys.path.insert(0, {folder!r})
import started_programs
if {guarded}:
    started_programs.guard()
for path in {paths!r}:
    child = os.fork()
    if child == 0:
        try:
            runpy.run_path(path, run_name={name!r})
        finally:
            os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("name", ["client", "google.auth.pluggable", "dvc.stage.run", "git.cmd"])
def test_no_module_starts_it(project, tmp_path, guarded, name):
    """Also none that is called as one that may, and lies somewhere else."""
    paths = []
    for way, code in WAYS.items():
        program = project.home / f"bin/trap-{way}"
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung-{way}\n", encoding="utf-8")
        program.chmod(0o755)
        module = tmp_path / f"{way}.py"
        module.write_text(code.format(trap=program), encoding="utf-8")
        paths.append(str(module))
    folder = str(Path(ENTRY).parent)
    run(project, EACH_WAY.format(folder=folder, guarded=guarded, paths=paths, name=name))
    sprung = {path.name for path in tmp_path.glob("sprung-*")}
    assert sprung == (set() if guarded else {f"sprung-{way}" for way in WAYS})


def test_the_system_may_be_asked(project):
    done = run(
        project,
        f"""
import sys
sys.path.insert(0, {str(Path(ENTRY).parent)!r})
import started_programs
started_programs.guard()
import ctypes.util, platform, multiprocessing
ctypes.util.find_library("c"), platform.processor(), platform.uname()
multiprocessing.get_context("spawn").Queue()
""",
    )
    assert done.returncode == 0, done.stderr


def run(project, script):
    return subprocess.run(
        [PYTHON, "-c", script],
        env=project.environment(),
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_client_that_looks_whether_a_program_is_there_goes_on(project):
    """As google.auth does with gcloud (google/auth/_cloud_sdk.py)."""
    done = run(
        project,
        f"""
import subprocess, sys
sys.path.insert(0, {str(Path(ENTRY).parent)!r})
import started_programs
started_programs.guard()
try:
    subprocess.check_output(["gcloud", "config"])
except (subprocess.CalledProcessError, OSError):
    print("went on")
""",
    )
    assert done.stdout == "went on\n", done.stderr
