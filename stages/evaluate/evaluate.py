"""Evaluate models/model.joblib on data/processed/test.csv; the same numbers go to train's run."""

import csv
import hashlib
import json
import os
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.metrics import classification_report, log_loss, roc_curve

TEST = Path("data/processed/test.csv")
MODEL = Path("models/model.joblib")
METRICS = Path("metrics/metrics.json")
CONFUSION = Path("metrics/confusion.csv")
ROC = Path("metrics/roc.csv")
TARGET = "species"


def measure(actual: pd.Series, predicted, probabilities, classes: list[str]) -> dict:
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


def roc_points(actual: pd.Series, probabilities, classes: list[str]) -> list[list]:
    """Give the ROC of each class against the rest."""
    points = []
    for column, name in enumerate(classes):
        false_rate, true_rate, _ = roc_curve(actual == name, probabilities[:, column])
        points += [
            [name, f"{x:.6f}", f"{y:.6f}"] for x, y in zip(false_rate, true_rate, strict=True)
        ]
    return points


def log(metrics: dict[str, float]) -> None:
    """Add the numbers and plots to the run that logged this very model, or to a new one."""
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    required = os.environ.get("SIBLING_TRACKING", "required") == "required"
    if not uri and not required:
        return
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    md5 = hashlib.md5(MODEL.read_bytes(), usedforsecurity=False).hexdigest()
    name = json.loads(os.environ.get("SIBLING_CONTEXT", "{}")).get("project", "default")
    try:
        client = MlflowClient()
        experiment = client.get_experiment_by_name(name)
        experiment_id = experiment.experiment_id if experiment else client.create_experiment(name)
        runs = client.search_runs(
            [experiment_id],
            f"tags.`sibling.model_md5` = '{md5}'",
            order_by=["attributes.start_time DESC"],
            max_results=1,
        )
        if runs:
            run = runs[0]
        else:
            print("No MLflow run has logged this model (train came from the cache): making one")
            tags = {"sibling.model_md5": md5, "sibling.reason": "train came from the cache"}
            run = client.create_run(experiment_id, run_name="evaluate", tags=tags)
        for key, value in metrics.items():
            client.log_metric(run.info.run_id, key, value)
        for path in (METRICS, CONFUSION, ROC):
            client.log_artifact(run.info.run_id, str(path), "evaluation")
        client.set_terminated(run.info.run_id)
        print(f"MLflow: metrics added to run {run.info.run_id}")
    except MlflowException as error:
        if required:
            sys.exit(f"error: the MLflow server at {uri} does not answer as it should: {error}")
        print(f"warning: not logged to MLflow at {uri}: {error}", file=sys.stderr)


def main() -> None:
    """Evaluate the model, write metrics and plots, log them."""
    table = pd.read_csv(TEST)
    features, actual = table.drop(columns=TARGET), table[TARGET]
    model = joblib.load(MODEL)
    classes = [str(name) for name in model.classes_]
    predicted = model.predict(features)
    probabilities = model.predict_proba(features)
    metrics = measure(actual, predicted, probabilities, classes)

    METRICS.parent.mkdir(parents=True, exist_ok=True)
    METRICS.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    write_table(CONFUSION, ["actual", "predicted"], list(zip(actual, predicted, strict=True)))
    header = ["species", "false_positive_rate", "true_positive_rate"]
    write_table(ROC, header, roc_points(actual, probabilities, classes))
    print(f"accuracy {metrics['accuracy']:.4f}, log loss {metrics['log_loss']:.4f}")
    log(flatten(metrics))


if __name__ == "__main__":
    main()
