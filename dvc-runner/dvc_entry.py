"""Run DVC's own command line with the remote that SIBLING_DVC_CONFIG_FILE names.

The file is JSON, such as
{"core": {"remote": "sibling"}, "remote": {"sibling": {"url": "s3://…", "access_key_id": "…"}}};
an empty object leaves DVC to its own files.
"""

import json
import os
import sys

import chosen_remote
import present_deps
import remote_probe
import uncached_metrics
from dvc.cli import main


def chosen_config() -> dict:
    path = os.environ.get("SIBLING_DVC_CONFIG_FILE")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    chosen_remote.use_only(chosen_config())
    if sys.argv[1:] == ["sibling-probe-remote"]:
        sys.exit(remote_probe.main())
    uncached_metrics.push_with_run_cache()
    present_deps.fetch_before_comparing()
    sys.exit(main(sys.argv[1:]))
