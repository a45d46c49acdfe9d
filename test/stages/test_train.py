import pandas as pd
import pytest


@pytest.fixture
def table():
    rows = [(i % 3 + i / 100, i % 7, f"kind{i % 3}") for i in range(60)]
    return pd.DataFrame(rows, columns=["a", "b", "species"])


@pytest.fixture
def few_trees(train, set_params):
    def choose(**changes):
        chosen = {"train.n_estimators": 5, **{f"train.{k}": v for k, v in changes.items()}}
        set_params(chosen)
        return train.read_params()

    return choose


def write_table(train, table):
    train.TRAIN.parent.mkdir(parents=True)
    table.to_csv(train.TRAIN, index=False)


def test_the_same_inputs_give_the_same_bytes(train, work, few_trees, table, monkeypatch):
    few_trees()
    write_table(train, table)
    monkeypatch.setenv("SIBLING_TRACKING", "optional")
    found = []
    for _ in range(2):
        train.main([])
        found.append(train.MODEL.read_bytes())
        train.MODEL.unlink()
    assert found[0] == found[1]
    few_trees(seed=1)
    train.main([])
    assert train.MODEL.read_bytes() != found[0]


def test_a_separable_table_is_learnt(train, few_trees, table):
    model, metrics = train.fit(table, few_trees())
    assert metrics["cv_accuracy_mean"] > 0.9
    assert set(metrics) == {"cv_accuracy_mean", "cv_accuracy_std", "cv_f1_macro_mean"}
    assert list(model.classes_) == ["kind0", "kind1", "kind2"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("n_estimators", 0, "'n_estimators' parameter"),
        ("max_depth", "deep", "'max_depth' parameter"),
        ("cv_folds", 99, "n_splits=99"),
    ],
)
def test_a_bad_parameter_is_told_in_one_paragraph(train, few_trees, table, name, value, message):
    with pytest.raises(train.BadInputError, match=message) as caught:
        train.fit(table, few_trees(**{name: value}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", [None, True, 1.5])
def test_a_seed_is_needed(train, few_trees, seed):
    with pytest.raises(train.BadInputError, match=r"train\.seed"):
        few_trees(seed=seed)


@pytest.mark.parametrize(("text", "message"), [("", "cannot be read"), ("a,b\n1,2\n", "no column")])
def test_a_table_without_species_is_refused(train, work, text, message):
    train.TRAIN.parent.mkdir(parents=True)
    train.TRAIN.write_text(text, encoding="utf-8")
    with pytest.raises(train.BadInputError, match=message):
        train.read_table()


@pytest.mark.parametrize(
    ("mode", "uri", "message"),
    [
        ("", "", "MLFLOW_TRACKING_URI is not set"),
        ("required", "/tmp/runs", "MLFLOW_TRACKING_URI is '/tmp/runs'"),  # noqa: S108
        ("Optional", "http://127.0.0.1:9", "SIBLING_TRACKING is 'Optional'"),
        ("required", "http://127.0.0.1:9", "could not be used to look for experiments"),
    ],
)
def test_without_a_server_nothing_is_trained(
    train, work, few_trees, table, monkeypatch, mode, uri, message
):
    few_trees()
    write_table(train, table)
    monkeypatch.setenv("SIBLING_TRACKING", mode)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(train.TrackingError, match=message):
        train.main([])
    assert not train.MODEL.exists()


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({}, {}),
        ({"git": None, "deps": None, "run_url": None, "image": None}, {}),
        ({"git": {"commit": "abc"}}, {"sibling.git_commit": "abc"}),
        ({"git": {"dirty": False}}, {"sibling.git_dirty": "false"}),
        ({"git": {"dirty": True}}, {"sibling.git_dirty": "true"}),
        ({"run": "1", "image": "x@sha"}, {"sibling.run": "1", "sibling.image": "x@sha"}),
        ({"base_image": "sha256:b0"}, {"sibling.base_image": "sha256:b0"}),
        ({"deps": {"data/a.csv": "f0"}}, {"sibling.dep.data/a.csv": "f0"}),
        ({"deps": {"data/a (1).csv": "f0"}}, {"sibling.dep.data/a _1_.csv": "f0"}),
    ],
)
def test_tags_hold_what_is_known(train, about, expected):
    assert train.tags("m5", about) == {"sibling.model_md5": "m5", **expected}
