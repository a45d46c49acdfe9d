"""A run goes on without a remote that is away, asks it no more, and says once why."""

import json
import shutil
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

TOKEN = "token"  # noqa: S105 - marks the events
PIPELINE = """
stages:
  one:
    cmd: cat in.txt > one.txt
    deps: [in.txt]
    outs: [one.txt]
  two:
    cmd: cat one.txt > two.txt && mkdir -p dir && cp one.txt dir/a
    deps: [one.txt]
    outs: [two.txt, dir]
"""
LIST = b'<?xml version="1.0"?><ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>'


class S3:
    """Answers as `answer` says of method and path: a status with a body, or None to hang up."""

    def __init__(self, answer):
        self.asked = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def respond(self):
                server.asked.append(f"{self.command} {self.path}")
                status, body = answer(self.command, self.path) or (0, b"")
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(body)
                self.close_connection = not status

            do_GET = do_HEAD = do_PUT = do_POST = respond  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def serve():
    servers = []

    def start(answer):
        servers.append(S3(answer))
        return servers[-1]

    yield start
    for each in servers:
        each.server.shutdown()
        each.server.server_close()


@pytest.fixture
def black_hole():
    """Takes connections, and never says a word."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def s3(endpoint, bucket="bucket"):
    keys = {"access_key_id": "key", "secret_access_key": "secret", "region": "us-east-1"}
    options = {"url": f"s3://{bucket}", "endpointurl": endpoint, **keys}
    return {"core": {"remote": "sibling"}, "remote": {"sibling": options}}


def repro(project, chosen, use="if-it-answers", *arguments):
    begun = time.monotonic()
    events = project.home / "events.json"
    events.write_text(json.dumps(TOKEN), encoding="utf-8")
    environment = {"SIBLING_REMOTE_USE": use, "SIBLING_EVENTS_FILE": str(events)}
    done = project.dvc(chosen, "repro", "--pull", *arguments, environment=environment)
    done.seconds = time.monotonic() - begun
    mark = f"\x1e{TOKEN} 1/1 "
    lines = done.stdout.split("\n")
    done.events = [json.loads(line[len(mark) :]) for line in lines if line.startswith(mark)]
    done.aways = [event["why"] for event in done.events if event["type"] == "remote-away"]
    return done


def pipeline(project):
    project.write("dvc.yaml", PIPELINE)
    project.write("in.txt", "1\n")
    return project


REFUSALS = {
    "no permission": ((403, b"<Error><Code>AccessDenied</Code></Error>"), "403"),
    "trouble": ((503, b"<Error><Code>SlowDown</Code></Error>"), "503|SlowDown"),
    "no bucket": ((404, b"<Error><Code>NoSuchBucket</Code></Error>"), "NoSuchBucket"),
    "hung up": (None, "onnect|closed"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_refuses_is_asked_once(project, serve, name):
    answer, why = REFUSALS[name]
    server = serve(lambda *_: answer)
    done = repro(pipeline(project), s3(server.address))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project.root / "dir/a").read_text() == "1\n"
    assert len(done.aways) == 1, done.stdout + done.stderr
    assert any(word in done.aways[0] for word in why.split("|")), done.aways
    assert len(server.asked) <= 6, server.asked
    assert "ERROR" not in done.stdout + done.stderr


def test_nobody_there(project):
    done = repro(pipeline(project), s3("https://s3.example.invalid"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.aways) == 1, done.stdout + done.stderr


def test_silence_takes_seconds_once(project, black_hole):
    done = repro(pipeline(project), s3(black_hole))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.aways) == 1, done.stdout + done.stderr
    assert done.seconds < 30  # ten, and what a busy machine takes for the rest


def emptied(project, tmp_path):
    """A pipeline that ran, and of whose outs nothing is here any more."""
    pipeline(project)
    nowhere = {"core": {"remote": "r"}, "remote": {"r": {"url": str(tmp_path / "r")}}}
    assert project.dvc(nowhere, "repro").returncode == 0
    for path in ["one.txt", "two.txt", "dir", ".dvc/cache"]:
        found = project.root / path
        shutil.rmtree(found) if found.is_dir() else found.unlink()


@pytest.mark.parametrize("then", [None, (503, b"")])
def test_it_may_go_away_in_the_middle(project, serve, tmp_path, then):
    """The first question is answered and nothing else: what is then asked for opens the circuit."""
    gone = threading.Event()

    def answer(_, path):
        if "list-type=2" in path and not gone.is_set():
            return (200, LIST)
        gone.set()
        return then

    server = serve(answer)
    emptied(project, tmp_path)
    done = repro(project, s3(server.address))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project.root / "dir/a").read_text() == "1\n"
    assert len(done.aways) == 1, done.stdout + done.stderr


def test_what_answers_questions_and_wastes_time_is_away(project, serve, tmp_path):
    """A client tries again and again what a server calls its own trouble."""
    server = serve(lambda _, path: (200, LIST) if "list-type=2" in path else (500, b""))
    emptied(project, tmp_path)
    done = repro(project, s3(server.address))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.aways) == 1, done.stdout + done.stderr


def test_objects_that_do_not_come_leave_the_remote_in_use(project, serve, tmp_path):
    """It answers when it is asked, and keeps what it has to itself."""
    server = serve(lambda _, path: (200, LIST) if "list-type=2" in path else (403, b""))
    emptied(project, tmp_path)
    done = repro(project, s3(server.address))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project.root / "dir/a").read_text() == "1\n"
    assert done.aways == [], done.stdout + done.stderr
    assert "which has the rest" in done.stdout + done.stderr


def test_data_of_the_cache_are_brought_without_it(project):
    pipeline(project)
    project.write("in.txt", "1\n")
    assert repro(project, s3("http://127.0.0.1:1")).returncode == 0
    (project.root / "one.txt").unlink()
    shutil.rmtree(project.root / "dir")
    done = repro(project, s3("http://127.0.0.1:1"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Running stage" not in done.stdout
    assert (project.root / "dir/a").read_text() == "1\n"


@pytest.mark.parametrize("what", ["file", "folder"])
def test_data_that_only_it_has_are_named(project, what):
    pipeline(project)
    (project.root / "in.txt").unlink()
    source = project.root / "in.txt"
    if what == "folder":
        project.write("dvc.yaml", PIPELINE.replace("cat in.txt", "cat in.txt/a"))
        project.write("in.txt/a", "1\n")
    else:
        source.write_text("1\n")
    project.plain_dvc("add", "in.txt")
    shutil.rmtree(project.root / ".dvc/cache")
    shutil.rmtree(source) if source.is_dir() else source.unlink()
    done = repro(project, s3("http://127.0.0.1:1"))
    assert done.returncode != 0
    needed = [event for event in done.events if event["type"] == "data-needed"]
    assert needed[0]["paths"] == ["in.txt"]
    alone = repro(project, s3("http://127.0.0.1:1"), "never", "--single-item", "one")
    assert alone.returncode != 0
    assert alone.events == [{"type": "data-needed", "stage": "one", "paths": ["in.txt"]}]


@pytest.mark.parametrize("use", ["never", "insisted"])
def test_a_remote_that_is_insisted_on_stops_the_run_and_one_that_is_not_wanted_is_left_alone(
    project, serve, use
):
    server = serve(lambda *_: (403, b"<Error><Code>AccessDenied</Code></Error>"))
    done = repro(pipeline(project), s3(server.address), use)
    if use == "never":
        assert (done.returncode, done.aways, server.asked) == (0, [], [])
    else:
        assert done.returncode != 0
        assert len(done.aways) == 1, done.stdout + done.stderr
        assert not (project.root / "one.txt").exists()


@pytest.mark.parametrize("status", [404, 503])
def test_a_web_server(project, serve, status):
    """It has no run-cache, and is first asked when something is missing."""
    server = serve(lambda *_: status and (status, b""))
    remote = {"core": {"remote": "h"}, "remote": {"h": {"url": f"{server.address}/a"}}}
    pipeline(project)
    first = repro(project, remote)
    assert (first.returncode, first.aways) == (0, []), first.stdout + first.stderr
    (project.root / "two.txt").unlink()
    shutil.rmtree(project.root / ".dvc/cache")
    done = repro(project, remote)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.aways) == (0 if status == 404 else 1), done.stdout + done.stderr
    assert (project.root / "two.txt").read_text() == "1\n"
