"""DVC projects in temporary folders, run by dvc_entry.py as the dvc-runner does.

    uv run --no-project --python 3.11 --with-requirements dvc-runner/requirements.txt \\
        --with pytest pytest test/dvc-runner

runs these tests alone; DVC_PYTHON names another Python that has DVC.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ENTRY = Path(os.environ.get("DVC_ENTRY", Path(__file__).parents[2] / "dvc-runner/dvc_entry.py"))
PYTHON = os.environ.get("DVC_PYTHON", sys.executable)


# In place of `sibling`: runs on this machine what the real one would run in a container.
SIBLING = f"""#!{sys.executable}
import json, os, subprocess, sys
with open(os.environ["SIBLING_STAGE_CALL"], encoding="utf-8") as file:
    call = json.load(file)
assert sys.argv[1] == "stage", sys.argv
sys.exit(subprocess.run(["sh", "-c", call["cmd"]]).returncode)
"""


class Project:
    """A Git and DVC project; every one has a cache and a configuration of its own."""

    def __init__(self, root: Path, home: Path):
        self.root = root
        self.home = home
        root.mkdir()

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home}/bin:{Path(PYTHON).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "USER": "sibling",
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(self.root.with_name(f"{self.root.name}-site-cache")),
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }

    def start(self) -> "Project":
        """What `dvc init` leaves."""
        self.command("git", "init", "--quiet")
        self.write(".dvc/config", "")
        self.write(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n")
        return self

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def command(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.root, env=self.environment(), text=True, capture_output=True
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def plain_dvc(self, *arguments: str) -> str:
        return self.command(PYTHON, "-m", "dvc", *arguments)

    def dvc(
        self, chosen: dict | None, *arguments: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess:
        """`dvc ARGUMENTS` with `chosen` laid over the files; None sets no variable at all."""
        environment = self.environment() | (environment or {})
        if chosen is not None:
            file = self.root.with_name("chosen.json")
            file.touch(mode=0o600)
            file.write_text(json.dumps(chosen), encoding="utf-8")
            environment["SIBLING_DVC_CONFIG_FILE"] = str(file)
        return subprocess.run(
            [PYTHON, str(ENTRY), *arguments],
            cwd=self.root,
            env=environment,
            text=True,
            capture_output=True,
            timeout=120,
        )


class Listener:
    """An S3 server's address on loopback that has nothing and notes what it was asked."""

    def __init__(self):
        self.authorizations: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                listener.authorizations.append(self.headers.get("Authorization") or "")
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_HEAD = do_PUT = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def saw(self, secret: str) -> bool:
        return any(secret in text for text in self.authorizations)


@pytest.fixture
def new_project(tmp_path):
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    sibling = home / "bin/sibling"
    sibling.write_text(SIBLING, encoding="utf-8")
    sibling.chmod(0o755)
    return lambda name: Project(tmp_path / name, home)


@pytest.fixture
def project(new_project):
    return new_project("project").start()


@pytest.fixture
def listen():
    listeners = []

    def start():
        listeners.append(Listener())
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.server.shutdown()
        listener.server.server_close()
