"""Train a random forest on data/processed/train.csv, log it to MLflow and register it."""

import hashlib
import re
import sys
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import pandas as pd
import yaml
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_validate
from tracking import TrackingError, connect, experiment_id, patience, server_use, told

if TYPE_CHECKING:
    from mlflow import MlflowClient

TRAIN = Path("data/processed/train.csv")
MODEL = Path("models/model.joblib")
TARGET = "species"


class BadInputError(Exception):
    """A parameter or the table cannot be used."""


def read_params() -> dict[str, Any]:
    """Give the parameters under `train`; what scikit-learn checks itself is left to it."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["train"]
    # Without a seed the model would be another one each time, under the same dvc.lock.
    if type(params["seed"]) is not int:
        raise BadInputError(f"train.seed is {params['seed']!r}; it must be a whole number.")
    return params


def read_table() -> pd.DataFrame:
    """Give the training table."""
    try:
        table = pd.read_csv(TRAIN)
    except ValueError as error:
        raise BadInputError(f"{TRAIN} cannot be read: {error}") from error
    if TARGET not in table:
        raise BadInputError(f"{TRAIN} has no column {TARGET}.")
    return table


def fit(table: pd.DataFrame, params: dict) -> tuple[RandomForestClassifier, dict[str, float]]:
    """Train on the whole table; the metrics come from cross-validation on it."""
    features, species = table.drop(columns=TARGET), table[TARGET]
    try:
        model = RandomForestClassifier(
            n_estimators=params["n_estimators"],
            max_depth=params["max_depth"],
            min_samples_leaf=params["min_samples_leaf"],
            random_state=params["seed"],
            n_jobs=1,
        ).fit(features, species)
        folds = StratifiedKFold(params["cv_folds"], shuffle=True, random_state=params["seed"])
        scores = cross_validate(
            model,
            features,
            species,
            cv=folds,
            scoring=["accuracy", "f1_macro"],
            error_score="raise",
        )
    except ValueError as error:
        raise BadInputError(
            f"The parameters under train in params.yaml do not fit {TRAIN}: {error}"
        ) from error
    return model, {
        "cv_accuracy_mean": float(scores["test_accuracy"].mean()),
        "cv_accuracy_std": float(scores["test_accuracy"].std()),
        "cv_f1_macro_mean": float(scores["test_f1_macro"].mean()),
    }


def tags(md5: str, about: dict) -> dict[str, str]:
    """Give what a run and a model version are found by and traced back with."""
    git = about.get("git") or {}
    found = {
        "sibling.model_md5": md5,
        "sibling.run": about.get("run"),
        "sibling.image": about.get("image"),
        "sibling.base_image": about.get("base_image"),
        "sibling.run_url": about.get("run_url"),
        "sibling.git_commit": git.get("commit"),
        "sibling.git_branch": git.get("branch"),
        "sibling.git_dirty": {True: "true", False: "false"}.get(git.get("dirty")),
    }
    for path, dep_md5 in (about.get("deps") or {}).items():
        # MLflow takes no other characters in a name.
        found[re.sub(r"[^/\w.\- ]", "_", f"sibling.dep.{path}")] = dep_md5
    return {name: str(value) for name, value in found.items() if value is not None}


def log_model(
    client: "MlflowClient", run_id: str, model: RandomForestClassifier, table: pd.DataFrame
) -> None:
    """Store the model in MLflow's own format, with its signature and an example of its input.

    save_model and log_artifacts need no endpoint that servers of MLflow 2 lack, unlike log_model of
    MLflow 3.
    """
    import mlflow.sklearn
    from mlflow.models import infer_signature

    features = table.drop(columns=TARGET)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        mlflow.sklearn.save_model(
            model,
            path,
            signature=infer_signature(features, model.predict(features)),
            input_example=features.head(5),
            pip_requirements=[
                f"{name}=={version(name)}"
                for name in ("scikit-learn", "pandas", "numpy", "cloudpickle")
            ],
            serialization_format="cloudpickle",
        )
        client.log_artifacts(run_id, str(path), "model")


def register(client: "MlflowClient", name: str, source: str, run_id: str, about: dict) -> str:
    """Make a version of the registered model, which is made if there is none; give its number."""
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException:
        # It is there already, or this raises what is the matter.
        client.get_registered_model(name)
    return client.create_model_version(name, source, run_id, tags=about).version


def log(
    client: "MlflowClient",
    model: RandomForestClassifier,
    params: dict,
    metrics: dict[str, float],
    table: pd.DataFrame,
) -> str:
    """Log the run and register a version of its model; say under which names."""
    from mlflow.entities import Metric, Param
    from mlflow.exceptions import MlflowException
    from mlflow.utils.time import get_current_time_millis

    about = told()
    name = about.get("project") or "default"
    traced = tags(hashlib.md5(MODEL.read_bytes(), usedforsecurity=False).hexdigest(), about)
    run = client.create_run(experiment_id(client, name), run_name="train", tags=traced)
    run_id = run.info.run_id
    try:
        now = get_current_time_millis()
        client.log_batch(
            run_id,
            params=[Param(f"train.{key}", str(value)) for key, value in params.items()],
            metrics=[Metric(key, value, now, 0) for key, value in metrics.items()],
        )
        log_model(client, run_id, model, table)
        # Who promotes may give the model another name than the project's.
        model_name = about.get("model") or name
        number = register(client, model_name, f"{run.info.artifact_uri}/model", run_id, traced)
    except BaseException:
        with suppress(MlflowException):
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return f"run {run_id}, version {number} of model {model_name}"


def main(arguments: list[str]) -> None:
    """Train, write the model and log it; with --register log the one that is there."""
    params, table = read_params(), read_table()
    client = connect()
    if arguments == ["--register"]:
        # From the cache: what cross-validation gave was said by the run that made it.
        model, metrics = joblib.load(MODEL), {}
    else:
        model, metrics = fit(table, params)
        MODEL.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(model, MODEL)
        accuracy = metrics["cv_accuracy_mean"]
        print(f"cross-validated accuracy {accuracy:.4f}; model written to {MODEL}")
    if client:
        with server_use("log the run"), patience(retries=3, timeout=60):
            print(f"MLflow: {log(client, model, params, metrics, table)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (BadInputError, TrackingError) as error:
        sys.exit(f"error: {error}")
