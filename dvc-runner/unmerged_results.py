"""Results of unmerged branches: run-cache entries that lie beside DVC's own, and who may use them.

What a run may read and write comes from the launcher (src/run-cache/), such as
{"folder": "sibling/unmerged/0123456789abcdef", "writes": COMMIT, "tree": TREE, "reads": [COMMIT …],
 "trees": [TREE …]}. In the remote an entry is at FOLDER/COMMIT/runs/ab/KEY/VALUE, and an empty file
FOLDER/trees/TREE/COMMIT says which commit was run with the files of that tree. Without anything all
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
from failure_reason import reason_of
from remote_circuit import RemoteAway
from remote_truth import forget_listings
from run_cache import Place, entries, refuse_http

logger = logging.getLogger("dvc")

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Bytes; an entry is a stage's part of dvc.lock.
LARGEST_ENTRY = 16 * 2**20


@dataclass(frozen=True)
class Unmerged:
    """Where this process reads and writes results that are not merged."""

    folder: str
    writes: str | None
    tree: str | None
    reads: tuple[str, ...]
    trees: tuple[str, ...]

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Unmerged:
        return cls(
            settings.get("folder", ""),
            settings.get("writes"),
            settings.get("tree"),
            tuple(settings.get("reads", ())),
            tuple(settings.get("trees", ())),
        )

    def place_to_write(self, odb) -> Place | None:
        """Where in the remote entries go instead of to DVC's `runs`; None: there."""
        return self.place(odb, self.writes) if self.writes else None

    def place(self, odb, *parts: str) -> Place:
        return Place(odb.fs, odb.fs.join(odb.path, *self.folder.split("/"), *parts))

    def mark(self, odb) -> None:
        """Say which commit was run with these files."""
        if not (self.writes and self.tree):
            return
        folder = self.place(odb, "trees", self.tree).path
        odb.fs.makedirs(folder, exist_ok=True)
        odb.fs.pipe_file(odb.fs.join(folder, self.writes), b"")

    def commits(self, odb) -> list[str]:
        """The commits whose results may be looked at, in this order."""
        found = list(self.reads)
        for tree in self.trees:
            folder = self.place(odb, "trees", tree).path
            try:
                paths = sorted(odb.fs.find(folder))
            except FileNotFoundError:
                continue
            names = [odb.fs.name(path) for path in paths]
            found += [name for name in names if COMMIT.fullmatch(name)]
        return list(dict.fromkeys(found))


def look_among(unmerged: Unmerged) -> None:
    """Let a stage that DVC's run-cache has nothing of be restored from these results.

    StageCache._load (dvc/stage/cache.py, DVC 3.67) is asked with the stage as it is now, its deps
    hashed: the key that it computes is of this commit's inputs.
    """
    key_of = expect(stage_cache, "_get_stage_hash", "stage")
    expect(stage_cache, "_get_cache_hash", "cache, key")
    load = StageCache._load
    listed: dict[str, list[tuple[Place, str]]] = {}

    def load_or_take(self, stage):
        found = load(self, stage)
        if found is not None or not (unmerged.reads or unmerged.trees):
            return found
        try:
            if not listed:
                listed.update(list_all(self.repo, unmerged))
            is_taken = any(
                take(self, stage, place, path) for place, path in listed.get(key_of(stage), ())
            )
        except (NoRemoteError, RemoteConfigError, RunCacheNotSupported, RemoteAway):
            return None
        except Exception as error:  # noqa: BLE001 - each kind of remote has errors of its own
            logger.warning("Results of merged commits were not looked at: %s", reason_of(error))
            return None
        return load(self, stage) if is_taken else None

    replace(StageCache, "_load", load_or_take, "self, stage")


def list_all(repo: Repo, unmerged: Unmerged) -> dict[str, list[tuple[Place, str]]]:
    """What there is, by the key of its inputs."""
    odb = repo.cloud.get_remote_odb(None, "fetch --run-cache", hash_name="md5-dos2unix")
    refuse_http(odb)
    forget_listings(odb)
    found: dict[str, list[tuple[Place, str]]] = {}
    for commit in unmerged.commits(odb):
        place = unmerged.place(odb, commit)
        for path in sorted(entries(place)):
            found.setdefault(path.split("/")[2], []).append((place, path))
    return found


def take(cache: StageCache, stage, place: Place, path: str) -> bool:
    """Make an entry one of this cache's own if all about it is true; its objects come with it."""
    content = read(place, path)
    entry = true_entry(content, path)
    if entry is None:
        logger.warning("%s: a result that is not what its name says was not taken", place.path)
        return False
    made = cache._create_stage(entry, wdir=stage.wdir)
    if not all_are_here(cache.repo, made):
        logger.warning("%s: a result whose data are not all there was not taken", place.path)
        return False
    here = cache.repo.cache.legacy
    target = here.fs.join(here.path, *path.split("/"))
    folder = here.fs.parent(target)
    here.makedirs(folder)
    half = here.fs.join(folder, tmp_fname())
    with here.fs.open(half, "wb") as file:
        file.write(content)
    here.move(half, target)
    commit = here.fs.name(place.path)
    logger.info("%s: taken from what commit %s was run with", stage.addressing, commit[:12])
    return True


def all_are_here(repo: Repo, made) -> bool:
    """Fetch the objects of the outs; true_bytes.py leaves out what is not what its name says."""
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
