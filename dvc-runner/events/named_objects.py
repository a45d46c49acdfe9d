"""The objects that a push or pull is about, with the paths that a person knows them by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dvc.repo.fetch
from dvc_data.index import ObjectStorage

from dvc_patches import replace

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB


@dataclass(frozen=True)
class NamedObject:
    path: str
    oid: str
    # Of a folder: the sum of its files, as dvc.lock has it.
    size: int | None
    # Where it is, or shall be; none where that is no plain object storage (a versioned remote).
    remote: HashFileDB | None
    # The path of the out that is a folder and has this file.
    folder: str | None


@dataclass
class NamedObjects:
    """What the last command collected."""

    # Whether DVC has said what the command is about, be it nothing.
    are_known: bool = False
    items: list[NamedObject] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def paths(self) -> dict[str, str]:
        """By hash; of an object that is at several paths the first."""
        return {**self.others, **{item.oid: item.path for item in reversed(self.items)}}


named = NamedObjects()

COLLECTS = (
    "repo, targets, remote, all_branches, with_deps, all_tags, recursive, all_commits, revs,"
    " workspace, max_size, types, config, onerror, push"
)


def remember() -> None:
    """Take note of what DVC collects for `push` and `pull`, before it looks for it anywhere.

    DVC itself goes on with hashes alone. `_collect_indexes` (dvc/repo/fetch.py, DVC 3.67) is where
    targets, stages and outs have become paths with hashes, and the files of folders are known.
    """
    collect = dvc.repo.fetch._collect_indexes

    def collect_and_remember(*args, **kwargs):
        found = collect(*args, **kwargs)
        named.are_known = True
        named.items = [item for index in found.values() for item in objects_of(index.data["repo"])]
        return found

    replace(dvc.repo.fetch, "_collect_indexes", collect_and_remember, COLLECTS)


def objects_of(index) -> list[NamedObject]:
    found = []
    folders: dict[tuple[str, ...], NamedObject] = {}
    for key, entry in index.iteritems():
        if not entry.hash_info:
            continue
        folder = next((folders[up] for up in above(key) if up in folders), None)
        each = NamedObject(
            path="/".join(key),
            oid=entry.hash_info.value,
            size=entry.meta.size if entry.meta else None,
            remote=remote_of(index, key) if folder is None else folder.remote,
            folder=None if folder is None else folder.path,
        )
        if entry.hash_info.isdir:
            folders[key] = each
        found.append(each)
    return found


def above(key: tuple[str, ...]):
    return (key[:length] for length in range(len(key) - 1, 0, -1))


def remote_of(index, key: tuple[str, ...]) -> HashFileDB | None:
    try:
        storage = index.storage_map[key].remote
    except KeyError:
        return None
    return storage.odb if isinstance(storage, ObjectStorage) and not storage.read_only else None
