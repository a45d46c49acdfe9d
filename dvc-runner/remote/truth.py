"""Ask the remote itself what it holds, never what an earlier command noted about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dvc_data.hashfile.db.index as indexes
from dvc_data.hashfile.hash_info import HashInfo

from dvc_patches import replace

if TYPE_CHECKING:
    from dvc.repo import Repo


class NoIndex(indexes.ObjectDBIndexNoop):
    """Knows nothing, and is false: DVC then asks the remote for every single object."""

    def __bool__(self) -> bool:
        return False


def forget_indexes() -> None:
    """Let no command trust DVC's index of a remote.

    DVC keeps one in its site cache (dvc_data/hashfile/status.py, dvc-data 3.18): what it lists
    counts as there, and so does all that a folder's list names as soon as the list itself is there.
    An object that was removed from the remote since would never be sent again.
    """
    replace(indexes, "ObjectDBIndex", NoIndex, "tmp_dir, name")


def forget_listings(odb) -> None:
    """Take from the client what it has listed earlier in this process."""
    forget = getattr(odb.fs.fs, "invalidate_cache", None)
    if forget:
        forget()


def on_remote(repo: Repo, objects: set[HashInfo], remote: str | None) -> set[HashInfo]:
    """Those of these objects that the remote has now."""
    there = set()
    for name in {info.name for info in objects}:
        odb = repo.cloud.get_remote_odb(remote, "push", hash_name=name)
        oids = {info.value for info in objects if info.name == name}
        there |= {HashInfo(name, oid) for oid in odb.oids_exist(oids)}
    return there
