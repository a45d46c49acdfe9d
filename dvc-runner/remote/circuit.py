"""Use a remote that is only useful as long as it answers; once it does not, ask it no more.

SIBLING_REMOTE_USE says how a run takes its remote:
  if-it-answers  what it has is fetched; when it is away the run goes on with what is here
  insisted       it has to answer before anything runs, and whatever it then refuses is an error
  never          it is not asked at all
Without the variable DVC does as it always does: a push or a pull is about the remote alone.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dvc.fs
from dvc.config import Config, NoRemoteError, RemoteConfigError
from dvc.data_cloud import DataCloud
from dvc.exceptions import CheckoutError, ConfirmRemoveError, DownloadError, DvcException
from dvc.fs import LocalFileSystem
from dvc.stage import Stage
from dvc.stage.cache import RunCacheNotSupported, StageCache
from dvc_data.hashfile.transfer import TransferResult
from dvc_data.index import fetch as index_fetch

from dvc_patches import replace
from events.failure_reason import reason_of
from events.transfer import tell_run
from remote.question import ask, impatient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FETCHES, PULLS = "idxs, callback, jobs", "self, objs, jobs, remote, odb"
# Seconds for which an answer counts: a remote may go away in the middle of a run.
FRESH = 15
# Seconds for a connection and between two answers, and how often s3fs begins anew, for what goes
# away while it is used: the client's own 60 s, four times, five times, make twenty minutes.
CONNECT, READ, TRIES = 5, 20, 2
# Seconds that what does not come may take altogether, from a remote that answers when it is asked.
LOST = 40


class RemoteAway(DvcException):
    """The remote was found away before, or is not to be asked."""


class Circuit:
    """Which remotes of this process have been found away."""

    def __init__(self, use: str):
        self.use = use
        self.whys: dict[str, str] = {}
        self.answered: dict[str, float] = {}
        self.questions: dict[str, Callable[[bool], None]] = {}
        self.lost: dict[str, float] = {}
        self.lock = threading.Lock()

    def require(self, place: str, question: Callable[[bool], None]) -> None:
        """Raise RemoteAway unless `place` answers, or has just now.

        `question` is told whether to be patient.
        """
        if self.use == "never":
            raise RemoteAway("it is not to be asked")
        with self.lock:
            self.questions[place] = question
            if place in self.whys:
                raise RemoteAway(self.whys[place])
            if self._may_be_asked(place) and not in_event_loop():
                try:
                    question(self.use == "insisted")
                except Exception as error:
                    raise RemoteAway(self._open(place, reason_of(error))) from error
                self.answered[place] = time.monotonic()

    def found_away(self, place: str, why: str) -> None:
        with self.lock:
            if self.use != "never" and place not in self.whys:
                self._open(place, why)

    def doubted(self, place: str, why: str, seconds: float) -> None:
        """Something did not come from `place`, after so many seconds: ask whether it is away.

        One object may be closed to us, or damaged, in a remote that has all the others. A remote
        that answers questions and lets everything else wait is away, though, after LOST seconds.
        """
        with self.lock:
            if self.use == "never" or place in self.whys:
                return
            self.lost[place] = self.lost.get(place, 0) + seconds
            question = self.questions.get(place)
            if question is None or in_event_loop() or self.lost[place] > LOST:
                self._open(place, why)
                return
            try:
                question(False)
            except Exception as error:  # noqa: BLE001 - each kind of remote has errors of its own
                self._open(place, reason_of(error))
                return
            self.answered[place] = time.monotonic()
            logger.warning("Not all came from the remote, which has the rest: %s", why)

    def is_away(self, place: str) -> bool:
        return self.use == "never" or place in self.whys

    def _may_be_asked(self, place: str) -> bool:
        before = self.answered.get(place)
        if before is None:
            return True
        return self.use == "if-it-answers" and time.monotonic() - before > FRESH

    def _open(self, place: str, why: str) -> str:
        self.whys[place] = why
        tell_run({"type": "remote-away", "why": why})
        return why


def in_event_loop() -> bool:
    """Whether this thread is the one that would have to wait for the answer and to fetch it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def guard() -> bool:
    """Lay the circuit around every remote of this process.

    Gives False where the remote was insisted on and is away. All of DVC reaches a remote by the
    `fs` of what get_cloud_fs (dvc/fs/__init__.py, DVC 3.67) gives for its name: the run-cache, data
    that are missing, the lists of folders. There it fails at once; what fetches is then told that
    there was nothing to be had.
    """
    use = os.environ.get("SIBLING_REMOTE_USE")
    if not use:
        return True
    circuit = Circuit(use)
    _guard_file_systems(circuit)
    if use == "insisted":
        _tell_of_refusals(circuit)
        return _answers()
    _go_on_without(circuit)
    return True


def _guard_file_systems(circuit: Circuit) -> None:
    from_config = dvc.fs.get_cloud_fs

    def get_cloud_fs(repo_config, **kwargs):
        kind, options, path = from_config(repo_config, **kwargs)
        if set(kwargs) == {"name"} and not issubclass(kind, LocalFileSystem):
            kind = _guarded(kind, path, circuit)
        return kind, options, path

    replace(dvc.fs, "get_cloud_fs", get_cloud_fs, "repo_config, **kwargs")


def _guarded(kind: type, path: str, circuit: Circuit) -> type:
    place = f"{kind.protocol}:{path}"

    class Guarded(kind):
        sibling_place = place

        @property
        def fs(self):
            circuit.require(place, lambda patient: ask(kind(**self.config), path, patient))
            if self.protocol != "s3":
                return super().fs
            impatient(self, connect=CONNECT, read=READ)
            super().fs.retries = TRIES
            return super().fs

    return Guarded


def _answers() -> bool:
    config = Config(os.path.join(os.getcwd(), ".dvc"))
    name = config["core"].get("remote")
    if not name:
        return True
    kind, options, _ = dvc.fs.get_cloud_fs(config, name=name)
    try:
        kind(**options).fs  # noqa: B018 - to have it asked
    except RemoteAway:
        return False
    return True


def _tell_of_refusals(circuit: Circuit) -> None:
    """Let what fails for the remote's sake say so, and fail."""
    fetch, pull = index_fetch.fetch, DataCloud.pull

    def fetch_or_tell(idxs, **kwargs):
        with reasons() as whys:
            done, failed = fetch(idxs, **kwargs)
        if failed:
            circuit.found_away("", whys[0] if whys else NO_REASON)
        return done, failed

    def pull_or_tell(self, *args, **kwargs):
        with reasons() as whys:
            result = pull(self, *args, **kwargs)
        if result.failed:
            circuit.found_away("", whys[0] if whys else NO_REASON)
            raise DownloadError(len(result.failed))
        return result

    replace(index_fetch, "fetch", fetch_or_tell, FETCHES)
    replace(DataCloud, "pull", pull_or_tell, PULLS)


def _go_on_without(circuit: Circuit) -> None:
    """Let what fetches come back with nothing from a remote that is away."""
    fetch, pull, pull_runs = index_fetch.fetch, DataCloud.pull, StageCache.pull

    def fetch_there(idxs, **kwargs):
        fetched = 0
        for idx in idxs:
            place = getattr(idx.storage_map[()].data.fs, "sibling_place", None)
            if place is None:
                done, failed = fetch([idx], **kwargs)
                if failed:
                    raise DownloadError(failed)
            elif circuit.is_away(place):
                continue
            else:
                begun = time.monotonic()
                with reasons() as whys:
                    done, failed = fetch([idx], **kwargs)
                if failed:
                    why = whys[0] if whys else NO_REASON
                    circuit.doubted(place, why, time.monotonic() - begun)
            fetched += done
        return fetched, 0

    def pull_there(self, objs, jobs=None, remote=None, odb=None):
        objs = set(objs)
        begun = time.monotonic()
        try:
            with reasons() as whys:
                result = pull(self, objs, jobs=jobs, remote=remote, odb=odb)
        except (NoRemoteError, RemoteConfigError):
            raise
        except RemoteAway:
            return TransferResult(set(), objs)
        except Exception as error:  # noqa: BLE001 - each kind of remote has errors of its own
            seconds = time.monotonic() - begun
            circuit.doubted(_place_of(self, remote), reason_of(error), seconds)
            return TransferResult(set(), objs)
        if result.failed:
            why = whys[0] if whys else NO_REASON
            circuit.doubted(_place_of(self, remote), why, time.monotonic() - begun)
        return result

    def pull_runs_there(self, remote, odb=None):
        begun = time.monotonic()
        try:
            return pull_runs(self, remote, odb)
        except RunCacheNotSupported:
            raise
        except RemoteAway:
            return []
        except Exception as error:  # noqa: BLE001
            place, seconds = _place_of(self.repo.cloud, remote), time.monotonic() - begun
            circuit.doubted(place, reason_of(error), seconds)
            return []

    replace(index_fetch, "fetch", fetch_there, FETCHES)
    replace(DataCloud, "pull", pull_there, PULLS)
    replace(StageCache, "pull", pull_runs_there, "self, remote, odb")
    _make_again_what_is_nowhere()


def _make_again_what_is_nowhere() -> None:
    checkout = Stage.checkout

    def checkout_or_run(self, *args, **kwargs):
        try:
            return checkout(self, *args, **kwargs)
        except ConfirmRemoveError as error:
            # An out that is here and whose object is nowhere: as without --pull it is made again.
            raise CheckoutError([str(out) for out in self.outs], {}) from error

    replace(Stage, "checkout", checkout_or_run, "self, allow_missing, **kwargs")


def _place_of(cloud: DataCloud, remote: str | None) -> str:
    try:
        return getattr(cloud.get_remote(remote).fs, "sibling_place", "")
    except Exception:  # noqa: BLE001 - one that cannot even be made, for want of a plug-in
        return ""


@contextmanager
def reasons() -> Iterator[list[str]]:
    """What DVC would log of objects that did not come, one error each, in place of the log."""
    whys: list[str] = []

    def note(record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[1] is None:
            return True
        whys.append(reason_of(record.exc_info[1]))
        return False

    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addFilter(note)
    try:
        yield whys
    finally:
        for logger in loggers:
            logger.removeFilter(note)


logger = logging.getLogger("dvc")
NO_REASON = "it gave no reason"
LOGGERS = ("dvc_data.hashfile.transfer", "dvc_data.index.fetch")
