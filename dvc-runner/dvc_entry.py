"""Run DVC's own command line with the remote that SIBLING_DVC_CONFIG_FILE names.

The file is JSON, such as
{"core": {"remote": "sibling"}, "remote": {"sibling": {"url": "s3://…", "access_key_id": "…"}}};
an empty object leaves DVC to its own files. It is removed once it is read. The arguments are
those of the command line, or the list of strings in the file that SIBLING_DVC_ARGUMENTS_FILE names.
"""

import gc
import os
import signal
import sys

from dvc.cli import main

import dvc_patches
import handed_over
import run_setup
import started_programs
import vouched_repository
from events import named_objects
from events import transfer as transfer_events
from remote import chosen as chosen_remote
from remote import circuit as remote_circuit
from remote import lent_credentials, patient_client, true_bytes
from remote import probe as remote_probe
from remote import truth as remote_truth
from reproduce import needed_data, param_overrides, present_deps, settings_file, stage_calls
from transfer import progress as transfer_progress
from transfer import run_cache, unmerged_results
from transfer import whole as whole_transfer


def run() -> int:
    dvc_patches.require_known_version()
    started_programs.guard()
    arguments = handed_over.arguments()
    if arguments[:1] == ["sibling-apply-overrides"]:
        # Before the proxies are variables: a value may name any of those.
        return param_overrides.main(arguments[1:])
    handed_over.use_network()
    vouched_repository.trust()
    handed_over.trust_certificates()
    patient_client.set_retries()
    chosen_remote.use(handed_over.take_config())
    if arguments == ["sibling-probe-remote"]:
        with lent_credentials.in_memory():
            return remote_probe.main()
    settings_file.refuse_as_out()
    events = stage_calls.take_events()
    transfer_events.listen(events)
    stage_calls.call_directly(events)
    if arguments[:1] == ["repro"]:
        # For people, who read both: on two streams nobody could tell which line came first.
        os.dup2(1, 2)
    remote_truth.forget_indexes()
    named_objects.remember()
    true_bytes.require()
    transfer_progress.follow()
    unmerged = unmerged_results.Unmerged.of(handed_over.take("SIBLING_RUN_CACHE_FILE"))
    run_cache.send_once()
    run_setup.remember()
    unmerged_results.look_among(unmerged)
    whole_transfer.complete_push(unmerged)
    whole_transfer.complete_pull()
    present_deps.fetch_before_comparing()
    needed_data.tell_what_is_missing()
    if arguments[:1] in (["push"], ["pull"]):
        # Objects by the thousand, none of them in circles: looking for these costs a tenth.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        # As Ctrl-C: half-written files are removed on the way out.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with lent_credentials.in_memory(), handed_over.stage_variables_in_memory():
        # It may be asked here, with what is lent to it.
        if not remote_circuit.guard():
            return 1  # the launcher has been told
        return main(arguments)


if __name__ == "__main__":
    try:
        code = run()
    except dvc_patches.UnknownDvcError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        code = 255  # as DVC ends with errors
    sys.exit(code)
