"""A push that ends when the remote was seen to have everything; a pull that leaves no remains."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dvc_data.index.fetch
from dvc.exceptions import DvcException, UploadError
from dvc.repo import Repo, locked

from dvc_patches import UnknownDvcError, replace
from events.failure_reason import reason_of
from events.named_objects import NamedObject, named
from events.transfer import are_wanted, emit
from remote.patient_client import retry_refusals
from remote.true_bytes import make_room
from remote.truth import forget_listings
from transfer.partial_files import remove_partial_files
from transfer.progress import MOST_NAMED
from transfer.run_cache import pull_entries, push_entries
from transfer.uncached_metrics import push_uncached

if TYPE_CHECKING:
    from transfer.unmerged_results import Unmerged

PUSHES = (
    "self, targets, jobs, remote, all_branches, with_deps, all_tags, recursive, all_commits,"
    " run_cache, revs, workspace, glob"
)
PULLS = (
    "self, targets, jobs, remote, all_branches, with_deps, all_tags, force, recursive, all_commits,"
    " run_cache, glob, allow_missing"
)


def complete_push(unmerged: Unmerged) -> None:
    """Let `dvc push` verify what it sent; with `--run-cache` it sends uncached metrics too.

    The run-cache's entries come last: they name the objects that another clone will then look for.
    """
    push = Repo.push

    @locked
    def push_all(self, *args, run_cache=False, remote=None, jobs=None, **kwargs):
        with reasons_told(self):
            make_room(self, remote)
            sent = push(self, *args, run_cache=False, remote=remote, jobs=jobs, **kwargs)
            verify(self)
            if run_cache:
                sent += push_uncached(self, remote, jobs)
                sent += push_entries(self, remote, unmerged)
            return sent

    replace(Repo, "push", push_all, PUSHES)


def complete_pull() -> None:
    """Let `dvc pull` fetch only the new entries of the run-cache, and clear what was cut off."""
    pull = Repo.pull

    @locked
    def pull_all(self, *args, run_cache=False, remote=None, **kwargs):
        with reasons_told(self):
            remove_partial_files(self)
            fetched = pull_entries(self, remote) if run_cache else 0
            result = pull(self, *args, run_cache=False, remote=remote, **kwargs)
            # Before 3.63 DVC gave the counts alone.
            result.get("stats", result)["fetched"] += fetched
            return result

    replace(Repo, "pull", pull_all, PULLS)
    if are_wanted():
        replace(dvc_data.index.fetch, "_log_missing", tell_missing, "status")


def tell_missing(status) -> None:
    """Name what neither side has; DVC lists hashes."""
    oids = {info.value for info in status.missing}
    if oids:
        paths = named.paths()
        objects = [{"path": paths.get(oid, oid), "oid": oid, "here": False} for oid in oids]
        ordered = sorted(objects, key=lambda each: each["path"])
        emit({"type": "lacking", "count": len(oids), "here": 0, "objects": ordered[:MOST_NAMED]})


@contextmanager
def reasons_told(repo: Repo):
    """Be patient with the remote, and say what S3 said when all ends at once."""
    if any(each.get("url", "").startswith("s3:") for each in repo.config["remote"].values()):
        retry_refusals()
    try:
        yield
    except DvcException:
        raise  # has a text for people, or its objects were told of one by one
    except Exception as error:
        emit({"type": "broken", "why": reason_of(error)})
        raise


def verify(repo: Repo) -> None:
    """Ask the remote for every object that the push was about. Raises UploadError if it lacks one.

    DVC warns of objects that neither side has, and ends with success all the same.
    """
    if not named.are_known:
        raise UnknownDvcError("the push was about nothing that could be seen")
    lacking: list[NamedObject] = []
    verified = 0
    for odb in {item.remote for item in named.items if item.remote is not None}:
        items = [item for item in named.items if item.remote == odb]
        forget_listings(odb)
        there = set(odb.oids_exist({item.oid for item in items}))
        verified += len(there)
        lacking += [item for item in items if item.oid not in there]
    unasked = sum(item.remote is None for item in named.items)
    if not lacking:
        emit({"type": "verified", "objects": verified, "unasked": unasked})
        return
    emit(lacking_event(repo, lacking))
    # What DVC has noted of this state of the project may be the reason.
    repo.drop_data_index()
    raise UploadError(len({item.oid for item in lacking}))


def lacking_event(repo: Repo, lacking: list[NamedObject]) -> dict:
    """What is nowhere comes first: no other try can send it."""
    here = {item.oid for item in lacking if is_here(repo, item)}
    ordered = sorted(lacking, key=lambda item: (item.oid in here, item.path))
    return {
        "type": "lacking",
        "count": len({item.oid for item in lacking}),
        "here": len(here),
        "objects": [
            {"path": item.path, "oid": item.oid, "here": item.oid in here}
            for item in ordered[:MOST_NAMED]
        ],
    }


def is_here(repo: Repo, item: NamedObject) -> bool:
    return repo.cache.local.exists(item.oid) or repo.cache.legacy.exists(item.oid)
