"""Push what `dvc push` leaves out but a run-cache entry needs: outs with `cache: false`.

The run-cache names their objects and the local cache holds them, but DVC does not push them
(dvc/output.py, Output.get_used_objs at DVC 3.67): without them another clone runs the stage again.
"""

import sys

from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo


def uncached(repo: Repo) -> dict[str, HashInfo]:
    """Give the objects of uncached outs that dvc.lock names and the local cache holds, by path."""
    found = {}
    for stage in repo.index.stages:
        for out in stage.outs:
            info = out.hash_info
            held = info and info.value and repo.cache.local.exists(info.value)
            if not out.use_cache and held:
                found[str(out)] = info
    return found


def push() -> int:
    """Push them and see that they have arrived."""
    with Repo() as repo:
        objects = uncached(repo)
        if not objects:
            return 0
        repo.cloud.push(set(objects.values()))
        remote = repo.cloud.get_remote_odb()
        missing = [path for path, info in objects.items() if not remote.exists(info.value)]
    for path in missing:
        print(f"ERROR: {path} did not arrive at the remote", file=sys.stderr)
    return 1 if missing else 0
