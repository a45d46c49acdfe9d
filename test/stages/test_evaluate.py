import json

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

CLASSES = ["a", "b", "c"]


def test_metrics_by_hand(evaluate):
    actual = pd.Series(["a", "a", "b", "c"])
    predicted = np.array(["a", "b", "b", "c"])
    probabilities = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0, 1, 0], [0, 0, 1]])
    metrics = evaluate.measure(actual, predicted, probabilities, CLASSES)
    assert metrics["accuracy"] == 0.75
    assert metrics["log_loss"] == pytest.approx((np.log(2) + np.log(4)) / 4)
    assert metrics["macro"]["recall"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert metrics["macro"]["precision"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert metrics["f1"] == {"a": pytest.approx(2 / 3), "b": pytest.approx(2 / 3), "c": 1.0}


def test_flattened_names_are_dotted(evaluate):
    assert evaluate.flatten({"a": 1, "b": {"c": 2, "d": {"e": 3}}}) == {
        "a": 1,
        "b.c": 2,
        "b.d.e": 3,
    }


def test_each_roc_runs_from_corner_to_corner(evaluate):
    actual = pd.Series(["a", "b", "c"])
    points = evaluate.roc_points(actual, np.eye(3), CLASSES)
    for name in CLASSES:
        own = [(float(x), float(y)) for species, x, y in points if species == name]
        assert own[0] == (0, 0)
        assert (0, 1) in own  # a perfect model passes the upper left corner
        assert own[-1] == (1, 1)


@pytest.fixture
def model(evaluate, work):
    evaluate.MODEL.parent.mkdir(parents=True)
    evaluate.TEST.parent.mkdir(parents=True)
    fitted = DummyClassifier(strategy="prior").fit(pd.DataFrame({"x": [0, 0, 1]}), CLASSES)
    joblib.dump(fitted, evaluate.MODEL)


def test_the_files_that_dvc_expects_are_written(evaluate, model, monkeypatch):
    monkeypatch.setenv("SIBLING_TRACKING", "optional")
    evaluate.TEST.write_text("x,species\n0,a\n0,b\n1,c\n", encoding="utf-8")
    evaluate.main()
    assert json.loads(evaluate.METRICS.read_text(encoding="utf-8"))["accuracy"] == pytest.approx(
        1 / 3
    )
    confusion = evaluate.CONFUSION.read_text(encoding="utf-8").splitlines()
    assert confusion == ["actual,predicted", "a,a", "b,a", "c,a"]
    header = evaluate.ROC.read_text(encoding="utf-8").splitlines()[0]
    assert header == "species,false_positive_rate,true_positive_rate"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("x\n1\n", "has no column species"),
        ("x,species\n0,a\n0,b\n", "has the species a, b, but .* trained on a, b, c"),
        ("x,species\n0,a\n0,b\n1,c\n1,d\n", "has the species a, b, c, d"),
    ],
)
def test_a_table_that_does_not_suit_the_model_is_refused(evaluate, model, text, message):
    evaluate.TEST.write_text(text, encoding="utf-8")
    with pytest.raises(evaluate.BadInputError, match=message):
        evaluate.main()
    assert not evaluate.METRICS.parent.exists()


def test_without_a_required_server_nothing_is_written(evaluate, model):
    evaluate.TEST.write_text("x,species\n0,a\n0,b\n1,c\n", encoding="utf-8")
    with pytest.raises(evaluate.TrackingError, match="MLFLOW_TRACKING_URI is not set"):
        evaluate.main()
    assert not evaluate.METRICS.exists()
