"""Send what `dvc push --run-cache` names and leaves out: metrics and plots with `cache: false`."""

from dvc.config import RemoteConfigError
from dvc.exceptions import UploadError
from dvc.repo import Repo, locked
from dvc_data.hashfile import load
from dvc_data.hashfile.hash_info import HashInfo


def push_with_run_cache() -> None:
    """Let `dvc push --run-cache` send those objects too, and count them."""
    push = Repo.push

    @locked
    def push_all(self, *args, run_cache=False, remote=None, jobs=None, **kwargs):
        sent = push(self, *args, run_cache=run_cache, remote=remote, jobs=jobs, **kwargs)
        return sent + push_uncached(self, remote, jobs) if run_cache else sent

    Repo.push = push_all


def push_uncached(repo: Repo, remote: str | None = None, jobs: int | None = None) -> int:
    """Send the objects of dvc.lock's uncached metrics and plots, and give how many went.

    The run-cache puts such a file into the local cache and names it in its entry, so that a stage
    can be restored elsewhere (dvc/stage/cache.py, DVC 3.67). Repo.push (dvc/repo/push.py) collects
    cached outs alone: without these objects another clone finds the entry and runs the stage again.
    Raises UploadError when the remote does not have them afterwards.
    """
    objects = set().union(*(with_files(repo, info) for info in uncached_outs(repo)))
    if not objects:
        return 0
    try:
        sent = len(repo.cloud.push(objects, remote=remote, jobs=jobs).transferred)
    except RemoteConfigError:
        return 0  # a versioned remote: it takes no run-cache either
    absent = [info for info in objects if not on_remote(repo, info, remote)]
    if absent:
        raise UploadError(len(absent))
    return sent


def uncached_outs(repo: Repo) -> set[HashInfo]:
    return {
        out.hash_info
        for out in repo.index.outs
        if not out.use_cache and (out.is_metric or out.is_plot) and out.hash_info
    }


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


def on_remote(repo: Repo, info: HashInfo, remote: str | None) -> bool:
    return repo.cloud.get_remote_odb(remote, "push", hash_name=info.name).exists(info.value)
