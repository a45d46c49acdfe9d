"""Train a random forest on data/processed/train.csv, log it to MLflow and register it."""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import joblib
import pandas as pd
import yaml
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_validate

TRAIN = Path("data/processed/train.csv")
MODEL = Path("models/model.joblib")
TARGET = "species"


class TrackingError(Exception):
    """The MLflow server cannot be used."""


def context() -> dict:
    """Give what the launcher tells about the run; any part of it may be absent."""
    return json.loads(os.environ.get("SIBLING_CONTEXT", "{}"))


def tracking_client():
    """Give a client of a server that answers, or None where a run may do without one."""
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    required = os.environ.get("SIBLING_TRACKING", "required") == "required"
    if not uri:
        if required:
            raise TrackingError("MLFLOW_TRACKING_URI is not set.")
        return None
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    # Imported here: it takes seconds, which a run without tracking need not wait for.
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    client = MlflowClient()
    try:
        client.search_experiments(max_results=1)
    except MlflowException as error:
        problem = f"The MLflow server at {uri} does not answer as it should: {error}"
        if required:
            raise TrackingError(problem) from error
        print(f"warning: {problem} Training goes on without it.", file=sys.stderr)
        return None
    return client


def fit(table: pd.DataFrame, params: dict) -> tuple[RandomForestClassifier, dict[str, float]]:
    """Train on the whole table; the metrics come from cross-validation on it."""
    features, species = table.drop(columns=TARGET), table[TARGET]
    model = RandomForestClassifier(
        n_estimators=params["n_estimators"],
        max_depth=params["max_depth"],
        min_samples_leaf=params["min_samples_leaf"],
        random_state=params["seed"],
        n_jobs=1,
    )
    folds = StratifiedKFold(params["cv_folds"], shuffle=True, random_state=params["seed"])
    scores = cross_validate(model, features, species, cv=folds, scoring=["accuracy", "f1_macro"])
    metrics = {
        "cv_accuracy_mean": float(scores["test_accuracy"].mean()),
        "cv_accuracy_std": float(scores["test_accuracy"].std()),
        "cv_f1_macro_mean": float(scores["test_f1_macro"].mean()),
    }
    return model.fit(features, species), metrics


def tags(md5: str, about: dict) -> dict[str, str]:
    """Give what a run and a model version are found by and traced back with."""
    git = about.get("git") or {}
    found = {
        "sibling.model_md5": md5,
        "sibling.run": about.get("run"),
        "sibling.image": about.get("image"),
        "sibling.run_url": about.get("run_url"),
        "sibling.git_commit": git.get("commit"),
        "sibling.git_branch": git.get("branch"),
        "sibling.git_dirty": git.get("dirty"),
        **{f"sibling.dep.{path}": md5 for path, md5 in about.get("deps", {}).items()},
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def log(client, model, params: dict, metrics: dict, table: pd.DataFrame, md5: str) -> str:
    """Log the run, with the model in MLflow's own format, and register a version of it.

    save_model, log_artifacts and create_model_version need no endpoint that servers of MLflow 2
    lack, unlike log_model of MLflow 3.
    """
    import mlflow.sklearn
    from mlflow.exceptions import MlflowException
    from mlflow.models import infer_signature

    about = context()
    name = about.get("project", "default")
    experiment = client.get_experiment_by_name(name)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(name)
    run = client.create_run(experiment_id, run_name="train", tags=tags(md5, about))
    run_id = run.info.run_id
    try:
        for key, value in params.items():
            client.log_param(run_id, f"train.{key}", value)
        for key, value in metrics.items():
            client.log_metric(run_id, key, value)
        features = table.drop(columns=TARGET)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            mlflow.sklearn.save_model(
                model,
                path,
                signature=infer_signature(features, model.predict(features)),
                input_example=features.head(5),
                pip_requirements=["scikit-learn"],
                serialization_format="cloudpickle",
            )
            client.log_artifacts(run_id, str(path), "model")
        try:
            client.get_registered_model(name)
        except MlflowException:
            client.create_registered_model(name)
        version = client.create_model_version(
            name, f"{run.info.artifact_uri}/model", run_id, tags=tags(md5, about)
        )
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return f"run {run_id}, version {version.version} of model {name}"


def main() -> None:
    """Read the parameters and the table, train, write the model, log it."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["train"]
    client = tracking_client()
    table = pd.read_csv(TRAIN)
    model, metrics = fit(table, params)
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, MODEL)
    md5 = hashlib.md5(MODEL.read_bytes(), usedforsecurity=False).hexdigest()
    print(f"cross-validated accuracy {metrics['cv_accuracy_mean']:.4f}; model written to {MODEL}")
    if client:
        print(f"MLflow: {log(client, model, params, metrics, table, md5)}")


if __name__ == "__main__":
    try:
        main()
    except TrackingError as error:
        sys.exit(f"error: {error} Training has not begun; meta.sibling.tracking: optional lets it.")
