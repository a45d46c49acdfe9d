"""Stages are programs in folders of their own; tests import them as modules."""

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
STAGES = REPOSITORY / "stages"


def load(name):
    """Import a stage's program, with its folder first on the path as when it is run."""
    folder = STAGES / name
    sys.path.insert(0, str(folder))
    sys.modules.pop("tracking", None)
    try:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


@pytest.fixture(scope="session")
def ingest():
    return load("ingest")


@pytest.fixture(scope="session")
def preprocess():
    return load("preprocess")


@pytest.fixture(scope="session")
def train():
    return load("train")


@pytest.fixture(scope="session")
def evaluate():
    return load("evaluate")


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A scratch folder as the stages' working folder, with no tracking server."""
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "SIBLING_TRACKING", "SIBLING_CONTEXT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def set_params(work):
    """Write params.yaml: this repository's, with changes such as {"train.seed": 1}."""

    def write(changes=None):
        params = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
        for name, value in (changes or {}).items():
            stage, key = name.split(".")
            params[stage][key] = value
        (work / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")

    write()
    return write
