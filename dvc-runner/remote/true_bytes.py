"""Believe an object of a remote only when its bytes are what its name says."""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING

import dvc.fs
import dvc_data.hashfile.transfer as transfers
from dvc_data.hashfile.hash import file_md5, fobj_md5
from dvc_data.hashfile.tree import Tree
from dvc_objects.errors import ObjectFormatError

from dvc_patches import replace

if TYPE_CHECKING:
    from dvc.repo import Repo

logger = logging.getLogger("dvc")

TRANSFERS = "src, dest, obj_ids, missing_ids, src_index, dest_index, cache_odb, **kwargs"
# Below the project's root, where DVC is called: what a run found, for the push after it.
FOUND = os.path.join(".dvc", "tmp", "sibling-other-bytes.json")


class OtherBytesError(Exception):
    """An object has other bytes than its name says."""

    def __init__(self, oid: str, found: str):
        name = f"files/md5/{oid[:2]}/{oid[2:]}"
        super().__init__(f"{name} has other bytes than its name says: {found}")


def require() -> None:
    """Let nothing come into the cache, and no folder be listed, by bytes that are not the name's.

    DVC does not look by itself: `verify` of a remote is false by default, and an object that has
    come is write-protected, which to DVC means that it is right for ever (HashFileDB.add, and
    LocalHashFileDB.check; dvc-data 3.18). With `verify` it removes a wrong object, but says that it
    came. Whoever may write to the remote could put any content under a name that dvc.lock has.
    """
    _verify_all_remotes()
    _check_what_comes()
    _check_lists()
    _go_on_without_lists()


def _verify_all_remotes() -> None:
    """Mark what is fetched, whatever the remote's configuration says; what is sent is not."""
    from_config = dvc.fs.get_cloud_fs

    def get_cloud_fs(repo_config, **kwargs):
        kind, options, path = from_config(repo_config, **kwargs)
        # The cache has an address and no name.
        if set(kwargs) == {"name"}:
            options["verify"] = True
        return kind, options, path

    replace(dvc.fs, "get_cloud_fs", get_cloud_fs, "repo_config, **kwargs")


def _check_what_comes() -> None:
    add = transfers._add

    def add_true(src, dest, hash_infos, **kwargs):
        infos = list(hash_infos)
        is_fetched = kwargs.pop("verify", False)
        failed = add(src, dest, infos, verify=False, **kwargs)
        if is_fetched:
            come = [info for info in infos if info not in failed]
            for info, found in others(dest, come, kwargs.get("batch_size")):
                dest.fs.remove(dest.oid_to_path(info.value))
                transfers._log_exception(info.value, OtherBytesError(info.value, found))
                note(dest.hash_name, info.value)
                failed.add(info)
        return failed

    replace(transfers, "_add", add_true, "src, dest, hash_infos, **kwargs")


def others(odb, infos: list, jobs: int | None) -> list[tuple]:
    """Those of these objects of the cache whose bytes are not what they are called, and what."""
    with ThreadPoolExecutor(min(jobs or 1, os.cpu_count() or 1)) as pool:
        found = pool.map(lambda info: other_than(odb, info.value), infos)
        return [(info, other) for info, other in zip(infos, found, strict=True) if other]


def other_than(odb, oid: str) -> str | None:
    """The hash of an object's bytes where it is not what it is called; None also without one."""
    try:
        found = file_md5(odb.oid_to_path(oid), odb.fs, name=odb.hash_name)
    except FileNotFoundError:
        return None
    return found if found != oid.partition(".")[0] else None


def _check_lists() -> None:
    """What a folder holds is also read from the remote itself, before or without a copy here."""
    load = Tree.load

    def load_true(cls, odb, hash_info, hash_name=None):
        list_ = odb.get(hash_info.value)
        with list_.fs.open(list_.path, "rb") as file:
            found = fobj_md5(BytesIO(file.read()), name=odb.hash_name)
        if found != hash_info.value.partition(".")[0]:
            why = str(OtherBytesError(hash_info.value, found))
            if note(odb.hash_name, hash_info.value):
                logger.warning(why)
            raise ObjectFormatError(why)
        return load.__func__(cls, odb, hash_info, hash_name)

    replace(Tree, "load", load_true, "cls, odb, hash_info, hash_name")


def _go_on_without_lists() -> None:
    """DVC asserts that it can read the list of each folder that it fetches."""
    do_transfer = transfers._do_transfer

    def transfer_rest(src, dest, obj_ids, missing_ids, **kwargs):
        ids = set(obj_ids)
        try:
            return do_transfer(src, dest, ids, missing_ids, **kwargs)
        except AssertionError:
            places = [kwargs.get("cache_odb"), src]
            lists = {info for info in ids if info.isdir}
            found = transfers.find_tree_by_obj_id
            lost = {info for info in lists if found(places, info) is None}
            if not lost:
                raise
        for info in lost:
            found = other_than(src, info.value) or "no list"
            transfers._log_exception(info.value, OtherBytesError(info.value, found))
        return lost | do_transfer(src, dest, ids - lost, missing_ids, **kwargs)

    replace(transfers, "_do_transfer", transfer_rest, TRANSFERS)


def note(hash_name: str, oid: str) -> bool:
    """Remember that an object was found to be another; whether that is new."""
    found = noted()
    if (hash_name, oid) in found:
        return False
    os.makedirs(os.path.dirname(FOUND), exist_ok=True)
    with open(FOUND, "w", encoding="utf-8") as file:
        json.dump([*found, (hash_name, oid)], file)
    return True


def noted() -> list[tuple[str, str]]:
    try:
        with open(FOUND, encoding="utf-8") as file:
            return [(str(name), str(oid)) for name, oid in json.load(file)]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def make_room(repo: Repo, remote: str | None) -> None:
    """Replace in the remote what was found to be another object and is here as it should be.

    A push sends nothing under a name that is there: the wrong bytes would stay for ever. The list
    of a folder is only removed: it may not be there before its files, after which it is sent.
    """
    for name, oid in noted():
        here = repo.cache.local if name == "md5" else repo.cache.legacy
        if not here.exists(oid) or other_than(here, oid):
            continue
        there = repo.cloud.get_remote_odb(remote, "push", hash_name=name)
        if found := other_than(there, oid):
            logger.warning("%s: it is sent again", OtherBytesError(oid, found))
            there.delete(oid)
            if not oid.endswith(".dir"):
                there.add(here.oid_to_path(oid), here.fs, oid, check_exists=False)
    if os.path.exists(FOUND):
        os.unlink(FOUND)
