import pytest
import yaml
from conftest import REPOSITORY


def read(name):
    # PyYAML on purpose: other programs than DVC read dvc.yaml too, and it is the strictest parser.
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("stage", ["ingest", "preprocess", "train"])
def test_every_parameter_is_declared(stage):
    declared = read("dvc.yaml")["stages"][stage]["params"]
    assert set(declared) == {f"{stage}.{key}" for key in read("params.yaml")[stage]}


@pytest.mark.parametrize("stage", ["ingest", "preprocess", "train", "evaluate"])
def test_the_stages_folder_is_a_dependency(stage):
    assert f"stages/{stage}" in read("dvc.yaml")["stages"][stage]["deps"]
