"""A default remote that is chosen outside the project, and folders as they are called here."""

from __future__ import annotations

import os

import dvc.fs
import dvc.output
from dvc.config import Config, RemoteConfigError
from dvc.repo import Repo

from dvc_patches import replace
from remote import lent_credentials


def use(chosen: dict) -> None:
    """Make `chosen` the default remote of the project; `{}` leaves it that of its files.

    `chosen` is {"core": {"remote": NAME}, "remote": {NAME: {"url": …, further options}}}. It may
    have "cache" with the folder that the cache is in on the machine that the project is on. Outs
    may have a remote of their own only where there is "folders", with the places of those that are
    folders; else no other remote is known. Two functions of DVC 3.67 are replaced in this process;
    no file is written.

    Config.load (dvc/config.py) merges the files of all levels, and then what a caller hands over.
    Only the source repository of an import is loaded with something handed over, out of a .dvc file
    that may say anything (dependency/repo.py); it keeps its own remotes. For the project, ours
    takes the place of one of the same name instead of being merged with it: an option of theirs
    (endpointurl, ssl_verify, custom_auth_header) would outlive a merge.

    get_cloud_fs (dvc/fs/__init__.py) opens a remote. Options, credentials among them, are added
    only there, and only to a remote that is still exactly what was put in: a dependency at
    `remote://NAME/path` with an endpointurl of its own, or an import from this very project, would
    take them along to another address.
    """
    _make_safe()
    name = chosen.get("core", {}).get("remote")
    options = chosen.get("remote", {}).get(name)
    folders = chosen.get("folders")
    _replace_remotes(name, options, chosen.get("cache", {}), keep=folders is not None)
    if options is not None:
        _add_options_last(name, options)
    if folders is not None:
        _place_folders(folders, name if options is not None else None)


def _replace_remotes(name: str | None, options: dict | None, cache: dict, *, keep: bool) -> None:
    from_files = Config.load
    project = _project()

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
            others = self.get("remote", {}) if keep else {}
            self["remote"] = {**others, name: _reference(options)}
            core["remote"] = name

    replace(Config, "load", load, "self, validate, config, remote, remote_config")


def _project() -> str:
    return os.path.join(os.getcwd(), Repo.DVC_DIR)


def _place_folders(folders: dict[str, str], ours: str | None) -> None:
    """Open the folders that outs name as their remote where they are here, and no other one.

    DVC would make a folder of that name in this container, and what it pushed there would be gone
    with the container.
    """
    from_config = dvc.fs.get_cloud_fs
    project = _project()

    def get_cloud_fs(repo_config, **kwargs):
        kind, options, path = from_config(repo_config, **kwargs)
        name = kwargs.get("name")
        is_own = getattr(repo_config, "dvc_dir", None) == project
        if not is_own or set(kwargs) != {"name"} or name == ours or kind.protocol != "local":
            return kind, options, path
        if name.lower() in folders:
            return kind, options, folders[name.lower()]
        if os.path.commonpath([path, os.getcwd()]) == os.getcwd():
            return kind, options, path
        raise RemoteConfigError(f"the folder of remote '{name}' is not there: {path}")

    replace(dvc.fs, "get_cloud_fs", get_cloud_fs, "repo_config, **kwargs")


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
