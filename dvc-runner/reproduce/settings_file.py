"""Keep DVC from writing .env, which names the servers that credentials go to."""

import os

from dvc.exceptions import DvcException
from dvc.output import Output

from dvc_patches import replace


def refuse_as_out() -> None:
    """Let no stage and no .dvc file have it as an out: a pull would bring what others wrote.

    DVC itself refuses outs in .git and .dvc at the same place (dvc/output.py, DVC 3.67).
    """
    validate = Output._validate_output_path

    def validate_also(self, path, stage=None):
        validate(self, path, stage)
        if stage is None or self.IS_DEPENDENCY:
            return
        if holds_settings(stage.repo.root_dir, os.path.join(stage.wdir, path)):
            raise DvcException(
                f"'{path}' cannot be an out: .env holds the settings of this machine alone"
            )

    replace(Output, "_validate_output_path", validate_also, "self, path, stage")


def holds_settings(root: str, path: str) -> bool:
    """Whether the path is the project's .env, or a folder with it, perhaps by way of a link."""
    settings = os.path.join(os.path.realpath(root), ".env").lower()
    beside = os.path.realpath(os.path.dirname(path))
    named = os.path.join(beside, os.path.basename(path)).lower()
    return named == settings or settings.startswith(f"{os.path.realpath(path).lower()}/")
