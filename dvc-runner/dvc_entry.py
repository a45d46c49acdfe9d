"""Run DVC's own command line with the remote that SIBLING_DVC_CONFIG_FILE names.

The file is JSON, such as
{"core": {"remote": "sibling"}, "remote": {"sibling": {"url": "s3://…", "access_key_id": "…"}}};
an empty object leaves DVC to its own files. It is removed once it is read.
"""

import sys

import chosen_remote
import handed_over
import present_deps
import remote_probe
import settings_file
import uncached_metrics
from dvc.cli import main

if __name__ == "__main__":
    chosen_remote.use_only(handed_over.take_config())
    if sys.argv[1:] == ["sibling-probe-remote"]:
        sys.exit(remote_probe.main())
    settings_file.refuse_as_out()
    uncached_metrics.push_with_run_cache()
    present_deps.fetch_before_comparing()
    with handed_over.stage_variables_in_memory():
        code = main(sys.argv[1:])
    sys.exit(code)
