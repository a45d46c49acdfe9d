"""Count what a push or pull sends or fetches, and name what it cannot."""

from __future__ import annotations

import errno
import os
import threading
import time

import dvc_data.hashfile.transfer as transfers
from dvc_objects.fs import LocalFileSystem
from fsspec import Callback
from fsspec.callbacks import DEFAULT_CALLBACK

from dvc_patches import replace
from events.failure_reason import reason_of
from events.named_objects import named
from events.transfer import are_wanted, emit

# Seconds between two events.
INTERVAL = 0.2
# Objects that an event names; it has the number of all.
MOST_NAMED = 20


class Count:
    """Files and bytes of all transfers of this process, as far as they are known."""

    def __init__(self):
        self.files = 0
        self.of_files = 0
        self.bytes = 0
        # None as soon as one size is unknown: then there is no sum.
        self.of_bytes: int | None = 0
        self.lock = threading.Lock()
        self.told_at = 0.0

    def expect(self, files: int, size: int | None) -> None:
        with self.lock:
            self.of_files += files
            known = self.of_bytes is not None and size is not None
            self.of_bytes = self.of_bytes + size if known else None
        self.tell(at_once=True)

    def add(self, files: int = 0, size: int = 0) -> None:
        with self.lock:
            self.files += files
            self.bytes += size
        self.tell()

    def tell(self, at_once: bool = False) -> None:
        now = time.monotonic()
        with self.lock:
            if not at_once and now - self.told_at < INTERVAL:
                return
            self.told_at = now
            event = {
                "type": "progress",
                "files": self.files,
                "ofFiles": self.of_files,
                "bytes": self.bytes,
                **({} if self.of_bytes is None else {"ofBytes": self.of_bytes}),
            }
        emit(event)


count = Count()


class OneFile(Callback):
    """A file on its way: it counts when it has arrived, its bytes as they do."""

    def __init__(self, batch: Batch, path: str | None):
        super().__init__()
        self.batch = batch
        # A file here, whose size can be looked up: not every copy tells of its bytes.
        self.path = path

    def relative_update(self, inc=1):
        self.value += inc
        count.add(size=inc)

    def absolute_update(self, value):
        count.add(size=value - self.value)
        self.value = value

    def __exit__(self, kind, *_):
        if kind is None:
            self.batch.arrived += 1
            unseen = 0 if self.path is None else os.path.getsize(self.path) - self.value
            count.add(files=1, size=unseen)
        else:
            self.batch.failed += 1
            count.add(size=-self.value)


class Batch(Callback):
    """What generic.transfer of dvc_objects is told about a list of files."""

    def __init__(self, from_here: bool):
        super().__init__()
        self.from_here = from_here
        self.arrived = self.failed = self.linked = 0
        self.ended = 0

    def branched(self, path_1, path_2, **kwargs):  # noqa: ARG002
        return OneFile(self, path_1 if self.from_here else None)

    def relative_update(self, inc=1):
        """A file has ended, well or not; one that was linked comes here alone."""
        self.ended += inc
        if self.ended > self.arrived + self.failed + self.linked:
            self.linked += 1
            count.add(files=1)

    def set_size(self, size):
        pass

    def absolute_update(self, value):
        pass


def follow() -> None:
    """Let every transfer of objects between cache and remote be counted.

    `_do_transfer` (dvc_data/hashfile/transfer.py, dvc-data 3.18) gets exactly the objects that one
    side has and the other lacks: push, pull and uncached metrics all come through it. The lists of
    folders are no files of anybody's: they are not counted.
    """
    if not are_wanted():
        return
    do_transfer, add = transfers._do_transfer, transfers._add
    failures: dict[str, BaseException] = {}

    def note_failure(oid, exc):
        if isinstance(exc, OSError) and exc.errno == errno.EMFILE:
            raise exc
        failures[oid] = exc

    def counted_transfer(src, dest, obj_ids, missing_ids, **kwargs):
        ids = set(obj_ids)
        oids = {info.value for info in ids if not info.isdir}
        failures.clear()
        size = size_of(src, oids)
        before = count.bytes
        count.expect(len(oids), size)
        try:
            failed = do_transfer(src, dest, ids, missing_ids, **kwargs)
            if not failed and size is not None:
                count.bytes = before + size  # linked files tell nothing of theirs
            return failed
        finally:
            count.tell(at_once=True)
            if failures:
                emit(failed_event(dict(failures), src))

    def counted_add(src, dest, hash_infos, **kwargs):
        infos = list(hash_infos)
        is_lists = all(info.isdir for info in infos)
        from_here = isinstance(src.fs, LocalFileSystem)
        callback = DEFAULT_CALLBACK if is_lists else Batch(from_here)
        return add(src, dest, infos, **{**kwargs, "callback": callback})

    takes = "src, dest, obj_ids, missing_ids, **kwargs"  # as remote/true_bytes.py has left it
    replace(transfers, "_do_transfer", counted_transfer, takes)
    replace(transfers, "_add", counted_add, "src, dest, hash_infos, **kwargs")
    replace(transfers, "_log_exception", note_failure, "oid, exc")


def failed_event(failures: dict[str, BaseException], src=None) -> dict:
    paths = named.paths()
    ordered = sorted(failures, key=lambda oid: paths.get(oid, oid))
    objects = []
    for oid in ordered[:MOST_NAMED]:
        size = local_size(src, oid) if src is not None else None
        objects.append(
            {
                "path": paths.get(oid, oid),
                "oid": oid,
                "why": reason_of(failures[oid]),
                **({} if size is None else {"size": size}),
            }
        )
    return {"type": "failed", "count": len(failures), "objects": objects}


def size_of(src, oids: set[str]) -> int | None:
    """Bytes of these objects, by the files here or by what dvc.lock says; None: unknown."""
    if isinstance(src.fs, LocalFileSystem):
        sizes = [local_size(src, oid) for oid in oids]
        return None if None in sizes else sum(sizes)
    return fetched_size(oids)


def local_size(odb, oid: str) -> int | None:
    if not isinstance(odb.fs, LocalFileSystem):
        return None
    try:
        return os.stat(odb.oid_to_path(oid)).st_size
    except OSError:
        return None


def fetched_size(oids: set[str]) -> int | None:
    """As dvc.lock has it: of files that are outs, and of whole folders, not of a folder's files."""
    left = set(oids)
    total = 0
    folders: dict[str, list[str]] = {}
    for item in named.items:
        if item.folder is not None:
            folders.setdefault(item.folder, []).append(item.oid)
        elif item.oid in left:
            if item.size is None:
                return None
            total += item.size
            left.discard(item.oid)
    for item in named.items:
        files = folders.get(item.path, [])
        if not left.intersection(files):
            continue
        # One that is here already, or twice in the folder, makes the folder's size no sum.
        if item.size is None or len(set(files)) != len(files) or not left.issuperset(files):
            return None
        total += item.size
        left.difference_update(files)
    return None if left else total
