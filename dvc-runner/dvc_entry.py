"""Run DVC's own command line with a remote that outranks every configuration file.

SIBLING_DVC_CONFIG_FILE names a JSON file such as
{"core": {"remote": "sibling"}, "remote": {"sibling": {"url": "s3://…", "access_key_id": "…"}}}.
An empty object leaves DVC to its own files.
"""

import json
import os
import sys

from dvc.cli import main
from dvc.config import Config


def lay_over_files(chosen: dict) -> None:
    """Make `chosen` the only remote that DVC knows.

    Config.load_config_to_level merges the files of all levels (dvc/config.py, DVC 3.67) and is what
    Config.load starts from. Replacing, not merging, the remotes keeps a project's .dvc/config from
    redirecting ours or adding options to it (ssl_verify, custom_auth_header), and an out's own
    `remote:` from being used with our credentials.
    """
    from_files = Config.load_config_to_level

    def load(self: Config, level: str | None = None) -> dict:
        config = from_files(self, level)
        config["remote"] = chosen["remote"]
        config["core"] = {**config.get("core", {}), **chosen["core"], "analytics": False}
        return config

    Config.load_config_to_level = load


def chosen_config() -> dict:
    path = os.environ.get("SIBLING_DVC_CONFIG_FILE")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    if chosen := chosen_config():
        lay_over_files(chosen)
    if sys.argv[1:] == ["push-uncached"]:
        from push_uncached import push

        sys.exit(push())
    sys.exit(main(sys.argv[1:]))
