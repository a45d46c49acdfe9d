"""What a stage's result depends on and no run-cache entry of DVC's says: how Sibling runs it.

Two commits may have the same command, deps and params, and another image. So results that are not
merged are kept by a hash of this too.
"""

from __future__ import annotations

import hashlib
import json
import os

from dvc.stage import cache as stage_cache
from dvc.stage import serialize
from dvc.stage.cache import StageCache

from dvc_patches import expect, replace

# Below the project's root, where DVC is called: what ran here, for the push after it.
RAN = os.path.join(".dvc", "tmp", "sibling-ran-by.json")


def setup_of(stage) -> str:
    """A hash of the stage's image, by the content that it is made of, and of its `meta.sibling`."""
    image = facts().get("images", {}).get(stage.addressing, {}).get("reference", "")
    # Without the registry and the namespace that it may be kept in.
    what = [image.rpartition("/")[2], (stage.meta or {}).get("sibling")]
    text = json.dumps(what, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def facts() -> dict:
    path = os.environ.get("SIBLING_RUN_FILE")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def remember() -> None:
    """Take note of how each entry was made that this process makes; of those that it finds, not."""
    key_of = expect(stage_cache, "_get_stage_hash", "stage")
    hash_of = expect(stage_cache, "_get_cache_hash", "cache, key")
    can_hash = expect(stage_cache, "_can_hash", "stage")
    restore, save = StageCache.restore, StageCache.save
    restored = set()

    def restore_and_remember(self, stage, *args, **kwargs):
        restore(self, stage, *args, **kwargs)
        restored.add(stage.addressing)

    def save_and_remember(self, stage):
        save(self, stage)
        if stage.addressing not in restored and can_hash(stage):
            entry = serialize.to_single_stage_lockfile(stage)
            note(key_of(stage), hash_of(entry), setup_of(stage))

    replace(StageCache, "restore", restore_and_remember, "self, stage, run_cache, pull, dry")
    replace(StageCache, "save", save_and_remember, "self, stage")


def note(key: str, value: str, setup: str) -> None:
    os.makedirs(os.path.dirname(RAN), exist_ok=True)
    half = f"{RAN}.half"
    with open(half, "w", encoding="utf-8") as file:
        json.dump({**noted(), f"{key}/{value}": setup}, file)
    os.replace(half, RAN)


def noted() -> dict[str, str]:
    """How entries were made, by `KEY/VALUE`."""
    try:
        with open(RAN, encoding="utf-8") as file:
            return dict(json.load(file))
    except (FileNotFoundError, ValueError, TypeError):
        return {}
