"""Start each stage's container by a direct call: no text of a dvc.yaml ever reaches a shell here.

Beside the engine's socket a shell would do for `cmd` what no sandbox could take back.
"""

from __future__ import annotations

import json
import os
import tempfile

import dvc.stage.run as stage_run
from dvc.stage.exceptions import StageCmdFailedError

from dvc_patches import expect, replace
from events import transfer as transfer_events
from handed_over import in_memory


def call_directly(events: str) -> None:
    """Let DVC start `sibling stage NAME` for a stage, once, whatever its `cmd` is.

    `cmd_run` (dvc/stage/run.py, DVC 3.67) gives each line of a cmd to the user's shell. Here
    `sibling stage` gets the whole cmd in a private file, reads it as a shell would, and refuses
    what it cannot run in the stage's container; `events` is the secret by which it tells of what it
    did. Output of the call is this process's own, so that nothing can lead it elsewhere.
    """

    def cmd_run(stage, dry=False, run_env=None):
        transfer_events.tell_run({"type": "stage-called", "stage": stage.addressing})
        stage_run.logger.info("Running stage '%s':", stage.addressing)
        for line in stage_run._enforce_cmd_list(stage.cmd):
            # Indented, so that no line of it is taken for a word of DVC's own.
            stage_run.display_command(line.replace("\n", "\n  "))
        if dry:
            return
        kwargs = stage_run.prepare_kwargs(stage, run_env=run_env)
        # A stage's folder may be a link out of the project, from where nobody finds it.
        kwargs["cwd"] = stage.repo.root_dir
        call = {"events": events, "stage": stage.addressing, "cmd": stage.cmd}
        with tempfile.NamedTemporaryFile("w", prefix="sibling-call-", dir=in_memory()) as file:
            json.dump(call, file)
            file.flush()
            kwargs["env"]["SIBLING_STAGE_CALL"] = file.name
            name = getattr(stage, "name", stage.addressing)
            # After --, for a name may begin as an option does.
            command = ["sibling", "stage", "--", name]
            try:
                stage_run._run(None, command, **kwargs | {"shell": False})
            except StageCmdFailedError as error:
                status = str(error).rpartition(" ")[2]
                raise StageCmdFailedError(f"sibling stage {name}", status) from None

    expect(stage_run, "_run", "executable, cmd, **kwargs")
    expect(stage_run, "_enforce_cmd_list", "cmd")
    expect(stage_run, "display_command", "cmd")
    expect(stage_run, "prepare_kwargs", "stage, run_env")
    replace(stage_run, "cmd_run", cmd_run, "stage, dry, run_env")


def take_events() -> str:
    """Read the secret that SIBLING_EVENTS_FILE names, and remove it; empty where nobody listens."""
    path = os.environ.pop("SIBLING_EVENTS_FILE", None)
    if not path:
        return ""
    with open(path, encoding="utf-8") as file:
        secret = json.load(file)
    os.unlink(path)
    return secret
