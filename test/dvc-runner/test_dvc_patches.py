"""A DVC that has something else where a function is replaced is refused before it does anything."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ENTRY, PYTHON

RUNNER = Path(ENTRY).parent

# Runs dvc_entry.run() in a process of its own for each of CHANGES, which are Python statements.
TRY_EACH = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import dvc_entry, dvc_patches
import dvc.output, dvc.repo.push, dvc.stage.cache
import dvc_data.hashfile.db.index, dvc_data.hashfile.transfer, dvc_data.hashfile.tree
def changed(odd): raise AssertionError("was called")
answers = {}
for change in json.load(sys.stdin):
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.environ["SIBLING_DVC_CONFIG_FILE"] = f"chosen{os.getpid()}.json"
            with open(os.environ["SIBLING_DVC_CONFIG_FILE"], "w") as file:
                json.dump({"core": {"remote": "r"}, "remote": {"r": {"url": "/nowhere"}}}, file)
            exec(change)
            sys.argv[1:] = sys.argv[2:]
            answer = f"ended with {dvc_entry.run()}"
        except dvc_patches.UnknownDvcError as error:
            answer = str(error)
        except SystemExit as error:
            answer = f"left with {error.code}"
        except Exception as error:
            answer = repr(error)
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answered:
        answers[change] = answered.read()
    os.wait()
print("ANSWERS" + json.dumps(answers))
"""

ALWAYS = [
    "dvc.config.Config.load",
    "dvc.fs.get_cloud_fs",
    "dvc.repo.fetch._collect_indexes",
    "dvc.repo.Repo.push",
    "dvc.repo.Repo.pull",
    "dvc.stage.Stage.reproduce",
    "dvc.stage.cache.StageCache.transfer",
    "dvc.stage.cache.StageCache._load",
    "dvc.stage.cache.StageCache.restore",
    "dvc.stage.cache.StageCache.save",
    "dvc.stage.cache._can_hash",
    "dvc.stage.cache._get_stage_hash",
    "dvc.stage.cache._get_cache_hash",
    "dvc.output.Output._validate_output_path",
    "dvc.stage.run.cmd_run",
    "dvc.stage.run._run",
    "dvc.stage.run._enforce_cmd_list",
    "dvc.stage.run.display_command",
    "dvc.stage.run.prepare_kwargs",
    "dvc_data.hashfile.db.index.ObjectDBIndex",
    "dvc_data.hashfile.transfer._add",
    "dvc_data.hashfile.transfer._do_transfer",
    "dvc_data.hashfile.tree.Tree.load",
]
OF_TRANSFERS = [
    "dvc_data.hashfile.transfer._log_exception",
    "sys.modules['dvc_data.index.fetch']._log_missing",
]
OF_RUNS = [
    "dvc.stage.Stage.checkout",
    "dvc.stage.cache.StageCache.pull",
    "dvc.data_cloud.DataCloud.pull",
    "sys.modules['dvc_data.index.fetch'].fetch",
]


def answers(project, changes, *arguments, **environment):
    done = subprocess.run(
        [PYTHON, "-c", TRY_EACH, str(RUNNER), *arguments],
        cwd=project.root,
        env=project.environment() | environment,
        check=False,
        input=json.dumps(changes),
        text=True,
        capture_output=True,
        timeout=120,
    )
    assert "ANSWERS" in done.stdout, done.stderr
    return json.loads(done.stdout.rpartition("ANSWERS")[2])


@pytest.fixture
def piped(project):
    project.write("dvc.yaml", "stages:\n  make:\n    cmd: touch made\n    outs: [made]\n")
    return project


def of_each(project, functions, *arguments, **environment):
    lost = [f"{each} = None" for each in functions]
    other = [f"{each} = changed" for each in functions]
    found = answers(project, lost + other, *arguments, **environment)
    for change in lost:
        assert found[change].startswith("there is no "), change
    for change in other:
        assert "takes (odd), not (" in found[change], change
    assert not (project.root / "made").exists()


# A change reaches only what is replaced after it: the configuration file is read once.
def test_what_every_command_replaces(piped):
    of_each(piped, ALWAYS, "status")


def test_what_a_push_or_pull_replaces(piped):
    wanted = {"SIBLING_TRANSFER_TOKEN": "of the transfer"}
    of_each(piped, OF_TRANSFERS, "push", **wanted)


@pytest.mark.parametrize("use", ["if-it-answers", "insisted"])
def test_what_a_run_replaces(piped, use):
    functions = OF_RUNS if use == "if-it-answers" else OF_RUNS[2:]
    of_each(piped, functions, "repro", SIBLING_REMOTE_USE=use)


def test_every_function_that_is_replaced_is_tried_here():
    calls = [
        match
        for file in RUNNER.rglob("*.py")
        if file.name != "dvc_patches.py"
        for match in re.findall(r"\b(?:replace|expect)\(\s*(\w[\w.]*), \"(\w+)\"", file.read_text())
    ]
    tried = {each.rpartition(".")[2] for each in [*ALWAYS, *OF_TRANSFERS, *OF_RUNS]}
    assert {name for _, name in calls} == tried
    assigned = [
        line
        for file in RUNNER.rglob("*.py")
        for line in file.read_text().splitlines()
        if re.match(r" +(?:dvc[\w.]*|[A-Z]\w+|stage_run|indexes|transfers)\.\w+ = ", line)
    ]
    assert assigned == []


@pytest.mark.parametrize("version", [(3, 59, 2), (3, 68, 0), (4, 0, 0)])
def test_another_version_is_refused(piped, version):
    change = f"dvc_patches.dvc.version_tuple = {version}"
    found = answers(piped, [change], "repro")[change]
    assert "is not one that this version of Sibling knows" in found
    assert not (piped.root / "made").exists()


def test_a_subclass_with_a_method_of_its_own_is_refused(piped):
    change = "dvc.stage.PipelineStage.reproduce = changed"
    assert "PipelineStage has a reproduce of its own" in answers(piped, [change], "repro")[change]


def test_a_function_is_replaced_wherever_dvc_has_imported_it(piped):
    change = (
        "dvc.repo.push.collect = dvc.repo.fetch._collect_indexes; from events import named_objects;"
        " named_objects.remember();"
        " assert dvc.repo.push.collect.__name__ == 'collect_and_remember'; sys.exit(7)"
    )
    assert answers(piped, [change], "push") == {change: "left with 7"}


def test_a_push_whose_objects_were_never_seen_fails(piped):
    """As if DVC collected them by another function from now on."""
    change = "from events import named_objects; named_objects.remember = lambda: None"
    found = answers(piped, [change], "push")[change]
    assert found in {"ended with 255", "ended with 1"}


def test_no_shell_runs_a_stage_even_where_dvc_has_another_way_to_start_it(piped):
    change = (
        "import dvc.stage.run as run; other = run.cmd_run; from reproduce import stage_calls;"
        " real = stage_calls.call_directly;"
        " stage_calls.call_directly = lambda events: (real(events), setattr(run, 'cmd_run', other))"
    )
    assert answers(piped, [change], "repro") == {change: "ended with 255"}
    assert not (piped.root / "made").exists()
