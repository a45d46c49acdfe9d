"""Write the Iris data set to data/raw/iris.csv: scikit-learn's copy, or a download."""

import csv
import hashlib
import io
import math
import sys
import urllib.request
from pathlib import Path

import yaml
from sklearn.datasets import load_iris

OUT = Path("data/raw/iris.csv")
COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
LARGEST_DOWNLOAD = 10 * 1024 * 1024


class BadDataError(Exception):
    """What was found is not the data set that this pipeline is made for."""


def bundled() -> list[list[str]]:
    """Give the rows of scikit-learn's copy, which needs no network."""
    iris = load_iris()
    species = [str(iris.target_names[target]) for target in iris.target]
    return [
        [*(f"{value:.1f}" for value in values), name]
        for values, name in zip(iris.data, species, strict=True)
    ]


def download(url: str, sha256: str) -> str:
    """Fetch the table and check it against its hash."""
    if not sha256:
        raise BadDataError(
            "ingest.url is set, but ingest.sha256 is not. Put the SHA-256 of the file there: "
            "without it nobody can tell whether the data changed."
        )
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the user's address
            content = answer.read(LARGEST_DOWNLOAD + 1)
    except OSError as error:
        raise BadDataError(
            f"{url} cannot be downloaded: {error}. The stage has a network only with "
            "`network: internet` under meta.sibling in dvc.yaml."
        ) from error
    if len(content) > LARGEST_DOWNLOAD:
        raise BadDataError(f"{url} is larger than {LARGEST_DOWNLOAD} bytes.")
    found = hashlib.sha256(content).hexdigest()
    if found != sha256.lower():
        raise BadDataError(
            f"{url} has the SHA-256 {found}, not {sha256} as ingest.sha256 says. "
            "If the change is meant, put the new hash into params.yaml."
        )
    return content.decode("utf-8")


def parse(text: str) -> list[list[str]]:
    """Split a downloaded table into rows, which must have the expected columns."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or [name.strip() for name in rows[0]] != COLUMNS:
        found = ", ".join(rows[0]) if rows else "nothing"
        raise BadDataError(f"The columns are {found}; expected {', '.join(COLUMNS)}.")
    return [row for row in rows[1:] if row]


def check(rows: list[list[str]]) -> None:
    """Refuse a table with gaps, with values that are no numbers, or with too few species."""
    for number, row in enumerate(rows, start=1):
        if len(row) != len(COLUMNS) or any(not cell.strip() for cell in row):
            raise BadDataError(f"Row {number} lacks a value: {row}.")
        for name, cell in zip(COLUMNS[:-1], row, strict=False):
            try:
                value = float(cell)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                raise BadDataError(f"Row {number}: {name} is {cell!r}, which is not a number.")
    species = {row[-1] for row in rows}
    if len(species) < 3:
        raise BadDataError(f"Only {len(species)} species found; 3 are needed.")


def main() -> None:
    """Read the parameters, get the table, check it, write it."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["ingest"]
    url = params["url"]
    rows = parse(download(url, params["sha256"])) if url else bundled()
    check(rows)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    source = url or "scikit-learn's copy"
    print(f"{len(rows)} rows from {source} written to {OUT}")


if __name__ == "__main__":
    try:
        main()
    except BadDataError as error:
        sys.exit(f"error: {error}")
