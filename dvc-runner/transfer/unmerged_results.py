"""Results of unmerged branches: run-cache entries that lie beside DVC's own, and who may use them.

What a run may read and write comes from the launcher (src/run/cache/), such as
{"folder": "sibling/unmerged/0123456789abcdef", "writes": COMMIT, "marks": ["trees/TREE", …],
 "reads": [COMMIT, …], "marked": ["trees/TREE", …]}. In the remote an entry is at
FOLDER/COMMIT/SETUP/runs/ab/KEY/VALUE, where SETUP is of run_setup.py, and an empty file
FOLDER/trees/TREE/COMMIT says that COMMIT was run with the files of that tree. Without anything all
is as in DVC.
"""

from __future__ import annotations

import copy
import logging
import re
from dataclasses import dataclass
from typing import Any

from dvc.config import NoRemoteError, RemoteConfigError
from dvc.exceptions import CollectCacheError
from dvc.repo import Repo
from dvc.schema import COMPILED_LOCK_FILE_STAGE_SCHEMA
from dvc.stage import cache as stage_cache
from dvc.stage.cache import RunCacheNotSupported, StageCache
from dvc.utils.serialize import parse_yaml
from dvc_objects.fs.utils import tmp_fname

from dvc_patches import expect, replace
from events.failure_reason import reason_of
from remote.circuit import RemoteAway
from remote.truth import forget_listings
from run_setup import note, noted, setup_of
from transfer.run_cache import ENTRY, Place, entries, files_below, refuse_http

logger = logging.getLogger("dvc")

SETUP = re.compile(r"[0-9a-f]{16}")
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Commits that are looked at of those with one mark: each costs a question to the remote.
MOST_MARKED = 50
# Bytes; an entry is a stage's part of dvc.lock.
LARGEST_ENTRY = 16 * 2**20


@dataclass(frozen=True)
class Unmerged:
    """Where this process reads and writes results that are not merged."""

    folder: str
    writes: str | None
    marks: tuple[str, ...]
    reads: tuple[str, ...]
    marked: tuple[str, ...]

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Unmerged:
        return cls(
            settings.get("folder", ""),
            settings.get("writes"),
            tuple(settings.get("marks", ())),
            tuple(settings.get("reads", ())),
            tuple(settings.get("marked", ())),
        )

    def places_to_write(self, odb, paths: set[str]) -> dict[Place, set[str]]:
        """Where in the remote entries go; what was not made here is no claim of a commit."""
        if not self.writes:
            return {Place(odb.fs, odb.path): paths}
        made_by = noted()
        found: dict[Place, set[str]] = {}
        for path in paths:
            setup = made_by.get(path.split("/", 2)[2])
            if setup:
                found.setdefault(self.place(odb, self.writes, setup), set()).add(path)
        return {place: paths - entries(place) for place, paths in found.items()}

    def place(self, odb, *parts: str) -> Place:
        return Place(odb.fs, odb.fs.join(odb.path, *self.folder.split("/"), *parts))

    def mark(self, odb) -> None:
        """Let the commit be found by more than its name."""
        for mark in self.marks if self.writes else ():
            folder = self.place(odb, *mark.split("/")).path
            odb.fs.makedirs(folder, exist_ok=True)
            odb.fs.pipe_file(odb.fs.join(folder, self.writes), b"")

    def commits(self, odb) -> list[str]:
        """The commits whose results may be looked at, in this order."""
        found = list(self.reads)
        for mark in self.marked:
            names = sorted(files_below(self.place(odb, *mark.split("/"))))
            found += [name for name in names if COMMIT.fullmatch(name)][:MOST_MARKED]
        return list(dict.fromkeys(found))


def look_among(unmerged: Unmerged) -> None:
    """Let a stage that DVC's run-cache has nothing of be restored from these results.

    StageCache._load (dvc/stage/cache.py, DVC 3.67) is asked with the stage as it is now, its deps
    hashed: the key that it computes is of this commit's inputs.
    """
    key_of = expect(stage_cache, "_get_stage_hash", "stage")
    expect(stage_cache, "_get_cache_hash", "cache, key")
    load = StageCache._load
    listed: dict[tuple[str, str], list[Found]] = {}

    def load_or_take(self, stage):
        found = load(self, stage)
        if found is not None or not (unmerged.reads or unmerged.marked):
            return found
        try:
            if not listed:
                listed.update(list_all(self.repo, unmerged))
            wanted = (setup_of(stage), key_of(stage))
            is_taken = any(take(self, stage, each) for each in listed.get(wanted, ()))
        except (NoRemoteError, RemoteConfigError, RunCacheNotSupported, RemoteAway):
            return None
        except Exception as error:  # noqa: BLE001 - each kind of remote has errors of its own
            logger.warning("Results of merged commits were not looked at: %s", reason_of(error))
            return None
        return load(self, stage) if is_taken else None

    replace(StageCache, "_load", load_or_take, "self, stage")


@dataclass(frozen=True)
class Found:
    """An entry at `path` of `place`."""

    commit: str
    setup: str
    place: Place
    path: str


def list_all(repo: Repo, unmerged: Unmerged) -> dict[tuple[str, str], list[Found]]:
    """What there is, by how it was made and the key of its inputs."""
    odb = repo.cloud.get_remote_odb(None, "fetch --run-cache", hash_name="md5-dos2unix")
    refuse_http(odb)
    forget_listings(odb)
    found: dict[tuple[str, str], list[Found]] = {}
    for commit in unmerged.commits(odb):
        top = unmerged.place(odb, commit)
        for full in sorted(files_below(top)):
            setup, _, path = full.partition("/")
            if SETUP.fullmatch(setup) and ENTRY.fullmatch(path):
                each = Found(commit, setup, unmerged.place(odb, commit, setup), path)
                found.setdefault((setup, path.split("/")[2]), []).append(each)
    return found


def take(cache: StageCache, stage, found: Found) -> bool:
    """Make an entry one of this cache's own if all about it is true; its objects come with it."""
    path = found.path
    content = read(found.place, path)
    entry = true_entry(content, path)
    if entry is None:
        logger.warning("%s: a result that is not what its name says was not taken", found.commit)
        return False
    made = cache._create_stage(entry, wdir=stage.wdir)
    if not all_are_here(cache.repo, made):
        logger.warning("%s: a result whose data are not all there was not taken", found.commit)
        return False
    here = cache.repo.cache.legacy
    target = here.fs.join(here.path, *path.split("/"))
    folder = here.fs.parent(target)
    here.makedirs(folder)
    half = here.fs.join(folder, tmp_fname())
    with here.fs.open(half, "wb") as file:
        file.write(content)
    here.move(half, target)
    note(*path.split("/")[2:], found.setup)
    said = "%s: taken from what commit %s was run with"
    logger.info(said, stage.addressing, found.commit[:12])
    return True


def all_are_here(repo: Repo, made) -> bool:
    """Fetch the objects of the outs; remote/true_bytes.py leaves out the untrue ones."""
    try:
        for objects in made.get_used_objs().values():
            repo.cloud.pull(objects)
    except CollectCacheError:  # the list of a folder's files
        return False
    return made.outs_cached()


def read(place: Place, path: str) -> bytes:
    with place.fs.open(place.fs.join(place.path, *path.split("/")), "rb") as file:
        return file.read(LARGEST_ENTRY)


def true_entry(content: bytes, path: str) -> dict | None:
    """What an entry says; None unless its inputs and outs hash to what it is called.

    The names are those that StageCache.save (dvc/stage/cache.py, DVC 3.67) gives.
    """
    _, _, key, value = path.split("/")
    try:
        entry = COMPILED_LOCK_FILE_STAGE_SCHEMA(parse_yaml(content.decode(), path))
    except Exception:  # noqa: BLE001 - whatever a stranger has written there
        return None
    hash_of = stage_cache._get_cache_hash
    # With `key` DVC changes what it is given.
    is_true = hash_of(entry) == value and hash_of(copy.deepcopy(entry), key=True) == key
    return entry if is_true else None
