"""Send and fetch the run-cache's entries: those that the other side lacks, several at once."""

from __future__ import annotations

import logging
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dvc.config import RemoteConfigError
from dvc.exceptions import DownloadError, UploadError
from dvc.repo import Repo
from dvc.stage.cache import RunCacheNotSupported, StageCache
from dvc.utils.serialize import load_yaml
from dvc_data.hashfile import load
from dvc_data.hashfile.hash_info import HashInfo
from dvc_objects.fs import generic

from dvc_patches import replace
from events.failure_reason import reason_of
from events.transfer import emit
from remote.truth import forget_listings, on_remote
from transfer.progress import failed_event

if TYPE_CHECKING:
    from transfer.unmerged_results import Unmerged

logger = logging.getLogger("dvc")

RUNS = "runs"
# A copy that was cut off has another name.
ENTRY = re.compile(r"runs/[0-9a-f]{2}/[0-9a-f]+/[0-9a-f]+")


@dataclass(frozen=True)
class Place:
    """A folder with `runs` in it, as an object storage has it at its top."""

    fs: Any
    path: str


def send_once() -> None:
    """Let `repro --pull` fetch only new entries.

    StageCache.transfer (dvc/stage/cache.py, DVC 3.67) copies every entry each time, one after the
    other, and goes on when one fails, with an error for each. An entry's name is the hash of what
    it says: one that is there already is the same.
    """

    def transfer(self, from_odb, to_odb, force=True):  # noqa: ARG001
        copied, failures = copy_new(from_odb, to_odb)
        if failures:
            why = reason_of(next(iter(failures.values())))
            logger.warning("%d of the run-cache's entries did not come: %s", len(failures), why)
        return [tuple(path.split("/")[-2:]) for path in copied]

    replace(StageCache, "transfer", transfer, "self, from_odb, to_odb, force")


def push_entries(repo: Repo, remote: str | None, unmerged: Unmerged) -> int:
    """Send the entries whose objects are all on the remote, and give how many went.

    An entry without its objects would let another clone look for them in vain. Those of an unmerged
    commit go to a place of its own, which DVC does not look at. Raises UploadError when the remote
    does not have the entries afterwards.
    """
    here = repo.cache.legacy
    ours = entries(here)
    if not ours:
        return 0
    try:
        there = repo.cloud.get_remote_odb(remote, "push --run-cache", hash_name="md5-dos2unix")
        refuse_http(there)
    except (RemoteConfigError, RunCacheNotSupported):
        return 0
    sent = 0
    for target, new in unmerged.places_to_write(there, ours - entries(there)).items():
        whole = with_objects(repo, new, remote)
        copied, failures = copy_entries(here, target, whole)
        absent = set(copied) - entries(target)
        failures |= {path: FileNotFoundError("the remote does not list it") for path in absent}
        refuse_failures(failures, UploadError)
        sent += len(copied)
    if sent:
        unmerged.mark(there)
    return sent


def pull_entries(repo: Repo, remote: str | None = None) -> int:
    try:
        there = repo.cloud.get_remote_odb(remote, "fetch --run-cache", hash_name="md5-dos2unix")
        copied, failures = copy_new(there, repo.cache.legacy)
    except (RemoteConfigError, RunCacheNotSupported):
        return 0
    refuse_failures(failures, DownloadError)
    return len(copied)


def refuse_failures(failures: dict[str, BaseException], error: type) -> None:
    if failures:
        emit(failed_event({f"the run-cache's entry {path}": why for path, why in failures.items()}))
        raise error(len(failures))


def refuse_http(*odbs) -> None:
    for odb in odbs:
        if odb.fs.protocol in {"http", "https"}:
            raise RunCacheNotSupported(f"no run-cache on an http remote: {odb.path}")


def copy_new(from_odb, to_odb) -> tuple[list[str], dict[str, BaseException]]:
    refuse_http(from_odb, to_odb)
    return copy_entries(from_odb, to_odb, entries(from_odb) - entries(to_odb))


def copy_entries(from_odb, to_odb, paths: set[str]) -> tuple[list[str], dict[str, BaseException]]:
    """Copy these; what failed comes back with the reason."""
    failures: dict[str, BaseException] = {}
    ordered = sorted(paths)
    if ordered:
        sources = [from_odb.fs.join(from_odb.path, *path.split("/")) for path in ordered]
        by_source = dict(zip(sources, ordered, strict=True))
        generic.copy(
            from_odb.fs,
            sources,
            to_odb.fs,
            [to_odb.fs.join(to_odb.path, *path.split("/")) for path in ordered],
            batch_size=min(from_odb.fs.jobs, to_odb.fs.jobs),
            on_error=lambda source, _, error: failures.update({by_source[source]: error}),
        )
    return [path for path in ordered if path not in failures], failures


def entries(odb: Any) -> set[str]:
    """The entries that a storage or a Place has, as `runs/ab/KEY/VALUE`."""
    paths = files_below(Place(odb.fs, odb.fs.join(odb.path, RUNS)))
    return {path for path in (f"{RUNS}/{each}" for each in paths) if ENTRY.fullmatch(path)}


def files_below(place: Place) -> set[str]:
    """All that is there now, by its path from there."""
    forget_listings(place)
    try:
        found = list(place.fs.find(place.path))
    except FileNotFoundError:
        return set()
    return {posixpath.join(*place.fs.relparts(path, place.path)) for path in found}


def with_objects(repo: Repo, paths: set[str], remote: str | None) -> set[str]:
    """Those of these entries of the local cache whose outs the remote has."""
    needed = {path: objects_of(repo, path) for path in paths}
    there = on_remote(repo, {info for infos in needed.values() for info in infos or ()}, remote)
    return {path for path, infos in needed.items() if infos is not None and infos <= there}


def objects_of(repo: Repo, path: str) -> set[HashInfo] | None:
    """What an entry's outs are made of; None where that cannot be said."""
    here = repo.cache.legacy
    objects = set()
    for out in load_yaml(here.fs.join(here.path, *path.split("/"))).get("outs", []):
        name = "md5" if out.get("hash") == "md5" else "md5-dos2unix"
        if "md5" not in out:
            return None  # an out elsewhere: `restore` would not look for it in this remote
        info = HashInfo(name, out["md5"])
        objects.add(info)
        if info.isdir:
            cache = repo.cache.local if name == "md5" else repo.cache.legacy
            try:
                objects.update(file for _, _, file in load(cache, info))
            except FileNotFoundError:
                return None
    return objects
