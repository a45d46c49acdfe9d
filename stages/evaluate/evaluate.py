"""Evaluate models/model.joblib on data/processed/test.csv; the same numbers go to train's run."""

import csv
import hashlib
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import classification_report, log_loss, roc_curve
from tracking import TrackingError, connect, experiment_id, patience, server_use, told

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

TEST = Path("data/processed/test.csv")
MODEL = Path("models/model.joblib")
METRICS = Path("metrics/metrics.json")
CONFUSION = Path("metrics/confusion.csv")
ROC = Path("metrics/roc.csv")
TARGET = "species"


class BadInputError(Exception):
    """The table cannot be used with the model."""


def measure(
    actual: pd.Series, predicted: np.ndarray, probabilities: np.ndarray, classes: list[str]
) -> dict:
    """Compute the metrics, nested as they go into the metrics file."""
    report = classification_report(
        actual, predicted, labels=classes, output_dict=True, zero_division=0
    )
    return {
        "accuracy": float((actual == predicted).mean()),
        "log_loss": float(log_loss(actual, probabilities, labels=classes)),
        "macro": {
            "precision": float(report["macro avg"]["precision"]),
            "recall": float(report["macro avg"]["recall"]),
            "f1": float(report["macro avg"]["f1-score"]),
        },
        "f1": {name: float(report[name]["f1-score"]) for name in classes},
    }


def flatten(metrics: dict, prefix: str = "") -> dict[str, float]:
    """Give nested metrics under dotted names."""
    flat = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def write_table(path: Path, header: list[str], rows: list) -> None:
    """Write a plot's data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def roc_points(actual: pd.Series, probabilities: np.ndarray, classes: list[str]) -> list[list[str]]:
    """Give the ROC of each class against the rest."""
    points = []
    for column, name in enumerate(classes):
        false_rate, true_rate, _ = roc_curve(actual == name, probabilities[:, column])
        points += [
            [name, f"{x:.6f}", f"{y:.6f}"] for x, y in zip(false_rate, true_rate, strict=True)
        ]
    return points


def find_or_make_run(client: "MlflowClient", experiment: str, md5: str) -> tuple["Run", bool]:
    """Give the newest finished run that logged this very model, or a new one; say which."""
    runs = client.search_runs(
        [experiment],
        f"tags.`sibling.model_md5` = '{md5}' and attributes.status = 'FINISHED'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    if runs:
        return runs[0], False
    print("No finished MLflow run has logged this model (train came from the cache): making one")
    tags = {"sibling.model_md5": md5, "sibling.reason": "train came from the cache"}
    return client.create_run(experiment, run_name="evaluate", tags=tags), True


def log(client: "MlflowClient", metrics: dict[str, float]) -> str:
    """Add the numbers and plots to the model's run; give the run's id."""
    from mlflow.entities import Metric
    from mlflow.exceptions import MlflowException
    from mlflow.utils.time import get_current_time_millis

    md5 = hashlib.md5(MODEL.read_bytes(), usedforsecurity=False).hexdigest()
    about = told()
    experiment = experiment_id(client, about.get("project") or "default")
    run, is_new = find_or_make_run(client, experiment, md5)
    run_id = run.info.run_id
    try:
        now = get_current_time_millis()
        client.log_batch(run_id, [Metric(key, value, now, 0) for key, value in metrics.items()])
        for path in (METRICS, CONFUSION, ROC):
            client.log_artifact(run_id, str(path), "evaluation")
    except BaseException:
        if is_new:
            with suppress(MlflowException):
                client.set_terminated(run_id, "FAILED")
        raise
    if is_new:
        client.set_terminated(run_id)
    return run_id


def read_table(classes: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Give the features and the species of the test table, which must hold every class."""
    try:
        table = pd.read_csv(TEST)
    except ValueError as error:
        raise BadInputError(f"{TEST} cannot be read: {error}") from error
    if TARGET not in table:
        raise BadInputError(f"{TEST} has no column {TARGET}.")
    found = {str(name) for name in table[TARGET]}
    if found != set(classes):
        raise BadInputError(
            f"{TEST} has the species {', '.join(sorted(found))}, but {MODEL} was trained on "
            f"{', '.join(classes)}. Each must be in both: change preprocess.test_size."
        )
    return table.drop(columns=TARGET), table[TARGET]


def main() -> None:
    """Evaluate the model, write metrics and plots, log them."""
    model = joblib.load(MODEL)
    classes = [str(name) for name in model.classes_]
    features, actual = read_table(classes)
    client = connect()
    try:
        predicted, probabilities = model.predict(features), model.predict_proba(features)
    except ValueError as error:
        raise BadInputError(f"{MODEL} does not fit {TEST}: {error}") from error
    metrics = measure(actual, predicted, probabilities, classes)

    METRICS.parent.mkdir(parents=True, exist_ok=True)
    METRICS.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    write_table(CONFUSION, ["actual", "predicted"], list(zip(actual, predicted, strict=True)))
    header = ["species", "false_positive_rate", "true_positive_rate"]
    write_table(ROC, header, roc_points(actual, probabilities, classes))
    print(f"accuracy {metrics['accuracy']:.4f}, log loss {metrics['log_loss']:.4f}")
    if client:
        with server_use("log the metrics"), patience(retries=3, timeout=60):
            print(f"MLflow: metrics added to run {log(client, flatten(metrics))}")


if __name__ == "__main__":
    try:
        main()
    except (BadInputError, TrackingError) as error:
        sys.exit(f"error: {error}")
