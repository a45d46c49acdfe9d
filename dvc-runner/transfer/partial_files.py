"""Remove what a pull that was killed has left half-written."""

import os
import re

from dvc.repo import Repo

# As dvc_objects/fs/utils.py, tmp_fname (dvc-objects 5.2) names a file that is being written.
PARTIAL = re.compile(r"\.[\w-]{22}\.tmp")


def remove_partial_files(repo: Repo) -> None:
    """Look in the project's own cache and where its outs are, while DVC's lock keeps others away.

    A partial file is renamed when it is whole. Beside an out it would be in nobody's way; in a
    folder that is an out it counts as a change of it, which DVC refuses to overwrite.
    """
    folders = set()
    cache = repo.cache.local.path
    if repo.fs.isin(cache, repo.root_dir):
        folders.update(folder for folder, _, _ in os.walk(cache))
    for out in repo.index.outs:
        if out.is_in_repo:
            folders.add(os.path.dirname(out.fs_path))
            folders.update(folder for folder, _, _ in os.walk(out.fs_path))
    for folder in folders:
        remove_from(folder)


def remove_from(folder: str) -> None:
    try:
        with os.scandir(folder) as found:
            partial = [entry.path for entry in found if PARTIAL.fullmatch(entry.name)]
    except OSError:
        return
    for path in partial:
        os.unlink(path)
