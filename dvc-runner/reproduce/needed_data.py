"""Tell which data a stage lacks that is only to be had from the remote."""

from __future__ import annotations

import os

from dvc.stage import Stage

from dvc_patches import replace
from events.transfer import tell_run
from reproduce.present_deps import made_paths


def tell_what_is_missing() -> None:
    """Let a stage that fails for want of data name them.

    DVC has another error for each way in which it misses them.
    """
    if not os.environ.get("SIBLING_REMOTE_USE"):
        return
    reproduce = Stage.reproduce

    def reproduce_telling(self, *args, **kwargs):
        try:
            return reproduce(self, *args, **kwargs)
        except Exception:
            paths = missing_data(self)
            if paths:
                event = {"type": "data-needed", "stage": self.addressing, "paths": paths}
                tell_run(event)
            raise

    replace(Stage, "reproduce", reproduce_telling, "self, interactive, **kwargs")


def missing_data(stage: Stage) -> list[str]:
    """What the stage reads and DVC keeps, or what a .dvc file stands for, relative to the root."""
    outs = stage.outs if stage.is_data_source or stage.frozen else []
    wanted = [item for item in [*stage.deps, *outs] if item.protocol == "local"]
    return [
        stage.repo.fs.relpath(item.fs_path, stage.repo.root_dir)
        for item in wanted
        if not item.exists and made_paths(stage.repo, item.fs_path)
    ]
