"""Send what `dvc push` leaves out: metrics and plots with `cache: false`."""

from dvc.config import RemoteConfigError
from dvc.exceptions import UploadError
from dvc.repo import Repo
from dvc_data.hashfile import load
from dvc_data.hashfile.hash_info import HashInfo

from events.named_objects import named
from events.transfer import emit
from remote.truth import on_remote


def push_uncached(repo: Repo, remote: str | None = None, jobs: int | None = None) -> int:
    """Send the objects of dvc.lock's uncached metrics and plots, and give how many went.

    The run-cache puts such a file into the local cache and names it in its entry, so that a stage
    can be restored elsewhere (dvc/stage/cache.py, DVC 3.67). Repo.push (dvc/repo/push.py) collects
    cached outs alone: without these objects another clone finds the entry and runs the stage again.
    Raises UploadError when the remote does not have them afterwards.
    """
    objects: dict[HashInfo, str] = {}
    for out in uncached_outs(repo):
        for info in with_files(repo, out.hash_info):
            objects[info] = repo.fs.relpath(out.fs_path, repo.root_dir)
    if not objects:
        return 0
    named.others = {info.value: path for info, path in objects.items()}
    try:
        sent = len(repo.cloud.push(objects, remote=remote, jobs=jobs).transferred)
        absent = set(objects) - on_remote(repo, set(objects), remote)
    except RemoteConfigError:
        return 0  # a versioned remote: it takes no run-cache either
    if absent:
        names = [{"path": objects[info], "oid": info.value, "here": True} for info in absent]
        emit({"type": "lacking", "count": len(names), "here": len(names), "objects": names[:20]})
        raise UploadError(len(absent))
    return sent


def uncached_outs(repo: Repo) -> list:
    return [
        out
        for out in repo.index.outs
        if not out.use_cache and (out.is_metric or out.is_plot) and out.hash_info
    ]


def with_files(repo: Repo, info: HashInfo) -> set[HashInfo]:
    """The object and, for a folder, those of its files; none where the cache lacks one of them."""
    cache = cache_of(repo, info)
    if not cache.exists(info.value):
        return set()
    objects = {info}
    if info.isdir:
        objects.update(file for _, _, file in load(cache, info))
    return objects if all(cache.exists(each.value) for each in objects) else set()


def cache_of(repo: Repo, info: HashInfo):
    return repo.cache.local if info.name == "md5" else repo.cache.legacy
