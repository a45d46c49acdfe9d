import csv
from collections import Counter
from pathlib import Path

import pytest

RAW = Path("data/raw/iris.csv")


def run(ingest, preprocess):
    ingest.main()
    preprocess.main()
    return tuple(path.read_text(encoding="utf-8") for path in (preprocess.TRAIN, preprocess.TEST))


def test_the_parts_are_stratified_and_make_up_the_whole(ingest, preprocess, set_params):
    parts = [list(csv.reader(text.splitlines())) for text in run(ingest, preprocess)]
    assert [Counter(row[-1] for row in part[1:]) for part in parts] == [
        {"setosa": 40, "versicolor": 40, "virginica": 40},
        {"setosa": 10, "versicolor": 10, "virginica": 10},
    ]
    whole = list(csv.reader(RAW.read_text(encoding="utf-8").splitlines()))
    assert sorted(parts[0][1:] + parts[1][1:]) == sorted(whole[1:])


def test_the_seed_alone_decides_the_split(ingest, preprocess, set_params):
    first = run(ingest, preprocess)
    assert run(ingest, preprocess) == first
    set_params({"preprocess.seed": 43})
    assert run(ingest, preprocess) != first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("test_size", 0.0),
        ("test_size", 1.0),
        ("test_size", 30),
        ("test_size", "0.2"),
        ("seed", None),
        ("seed", True),
        ("seed", -1),
        ("seed", 2**32),
        ("seed", "42"),
    ],
)
def test_a_bad_parameter_is_named(preprocess, set_params, name, value):
    set_params({f"preprocess.{name}": value})
    with pytest.raises(preprocess.BadInputError, match=f"preprocess.{name} is {value!r}"):
        preprocess.read_params()


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is empty"), ("a,species\n1,x\n2,x\n3,y\n", "cannot be split with preprocess.test_size")],
)
def test_a_table_that_cannot_be_split_is_refused(preprocess, set_params, text, message):
    RAW.parent.mkdir(parents=True)
    RAW.write_text(text, encoding="utf-8")
    with pytest.raises(preprocess.BadInputError, match=message):
        preprocess.main()
    assert not preprocess.TRAIN.exists()
