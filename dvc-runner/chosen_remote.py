"""One remote, chosen outside the project, in place of all that DVC's configuration files name."""

from __future__ import annotations

import os

import dvc.fs
import dvc.output
import lent_credentials
from dvc.config import Config
from dvc.repo import Repo
from dvc_patches import replace


def use_only(chosen: dict) -> None:
    """Make `chosen` the only remote of the project; `{}` leaves it those of its files.

    `chosen` is {"core": {"remote": NAME}, "remote": {NAME: {"url": …, further options}}}, and may
    have "cache" with the folder that the cache is in on the machine that the project is on. Two
    functions of DVC 3.67 are replaced in this process; no file is written.

    Config.load (dvc/config.py) merges the files of all levels, and then what a caller hands over.
    Only the source repository of an import is loaded with something handed over, out of a .dvc file
    that may say anything (dependency/repo.py); it keeps its own remotes. For the project, ours
    replaces all others instead of being merged with them: an option of theirs (endpointurl,
    ssl_verify, custom_auth_header) would outlive a merge. An out's own `remote:` becomes unknown.

    get_cloud_fs (dvc/fs/__init__.py) opens a remote. Options, credentials among them, are added
    only there, and only to a remote that is still exactly what was put in: a dependency at
    `remote://NAME/path` with an endpointurl of its own, or an import from this very project, would
    take them along to another address.
    """
    _make_safe()
    name = chosen.get("core", {}).get("remote")
    options = chosen.get("remote", {}).get(name)
    _replace_remotes(name, options, chosen.get("cache", {}))
    if options is not None:
        _add_options_last(name, options)


def _replace_remotes(name: str | None, options: dict | None, cache: dict) -> None:
    from_files = Config.load
    project = os.path.join(os.getcwd(), Repo.DVC_DIR)

    def load(self, validate=True, config=None, remote=None, remote_config=None):
        from_files(self, validate, config, remote, remote_config)
        core = self.setdefault("core", {})
        # Both start a process of their own that dials out.
        core["analytics"] = False
        core["check_update"] = False
        handed_over = config or remote or remote_config
        if not handed_over and self.dvc_dir == project:
            self.setdefault("cache", {}).update(cache)
        if options is not None and not handed_over:
            self["remote"] = {name: _reference(options)}
            core["remote"] = name

    replace(Config, "load", load, "self, validate, config, remote, remote_config")


def _make_safe() -> None:
    """Run no command for a remote, give its server no agent, and have lent files where they are.

    The command for a token (dvc_webdav) would run in this container, beside the engine's socket,
    and may stand in a file that came with a repository. dvc_ssh would let a server use the SSH
    agent. All that DVC reaches is opened by get_cloud_fs, which dvc.output has taken by name.
    """
    from_config = dvc.fs.get_cloud_fs

    def get_cloud_fs(repo_config, **kwargs):
        kind, options, path = from_config(repo_config, **kwargs)
        options.pop("bearer_token_command", None)
        if kind.protocol == "ssh":
            options["agent_forwarding"] = False
        return kind, lent_credentials.options_here(options), path

    replace(dvc.fs, "get_cloud_fs", get_cloud_fs, "repo_config, **kwargs")


def _add_options_last(name: str, options: dict) -> None:
    from_config = dvc.fs.get_cloud_fs

    def get_cloud_fs(repo_config, **kwargs):
        known = (repo_config or {}).get("remote", {})
        if kwargs == {"name": name} and known.get(name) == _reference(options):
            return from_config(repo_config, **options)
        return from_config(repo_config, **kwargs)

    replace(dvc.fs, "get_cloud_fs", get_cloud_fs, "repo_config, **kwargs")


def _reference(options: dict) -> dict:
    return {"url": options["url"]}
