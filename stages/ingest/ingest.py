"""Write the Iris data set to data/raw/iris.csv: scikit-learn's copy, or a download."""

import csv
import hashlib
import io
import math
import re
import sys
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import yaml

OUT = Path("data/raw/iris.csv")
COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
FEWEST_SPECIES = 3
LARGEST_DOWNLOAD = 10 * 1024 * 1024
# Not what float() takes: that reads 1_0 as ten, which no reader of the table would.
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class BadDataError(Exception):
    """What was found is not the data set that this pipeline is made for."""


def render(rows: list[list[str]]) -> str:
    """Give the table as the text of its file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def bundled() -> str:
    """Give scikit-learn's copy, which needs no network."""
    # Imported here: it takes seconds, which a download need not wait for.
    from sklearn.datasets import load_iris

    iris = load_iris()
    species = [str(iris.target_names[target]) for target in iris.target]
    rows = zip(iris.data, species, strict=True)
    return render([[*(f"{value:.1f}" for value in values), name] for values, name in rows])


def fetch(url: str) -> tuple[bytes, str]:
    """Download piece by piece; give the content and its SHA-256."""
    content, digest = bytearray(), hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - checked by download
            while piece := answer.read(64 * 1024):
                content += piece
                digest.update(piece)
                if len(content) > LARGEST_DOWNLOAD:
                    raise BadDataError(f"{url} is larger than {LARGEST_DOWNLOAD} bytes.")
    except (OSError, HTTPException, ValueError) as error:
        raise BadDataError(
            f"{url} cannot be downloaded: {error}. The stage has a network only with "
            "`network: internet` under meta.sibling in dvc.yaml."
        ) from error
    return bytes(content), digest.hexdigest()


def download(url: str, sha256: str) -> str:
    """Fetch the table and check it against its hash."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise BadDataError(f"ingest.url is {url!r}; it must be an https or http address.")
    if not sha256:
        raise BadDataError(
            "ingest.url is set, but ingest.sha256 is not. Put the SHA-256 of the file there: "
            "without it nobody can tell whether the data changed."
        )
    content, found = fetch(url)
    if found != sha256.lower():
        raise BadDataError(
            f"{url} has the SHA-256 {found}, not {sha256} as ingest.sha256 says. "
            "If the change is meant, put the new hash into params.yaml."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDataError(f"{url} is not text in UTF-8: {error}.") from error


def parse(text: str) -> list[list[str]]:
    """Give the rows of a table without gaps, with the expected columns and enough species."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        if columns != COLUMNS:
            found = ", ".join(columns) or "none"
            raise BadDataError(f"The columns are {found}; expected {', '.join(COLUMNS)}.")
        rows = [checked([cell.strip() for cell in row], reader.line_num) for row in reader if row]
    except csv.Error as error:
        raise BadDataError(f"Line {reader.line_num} is not CSV: {error}.") from error
    species = {row[-1] for row in rows}
    if len(species) < FEWEST_SPECIES:
        raise BadDataError(f"Only {len(species)} species found; {FEWEST_SPECIES} are needed.")
    return rows


def checked(row: list[str], line: int) -> list[str]:
    """Give the row back, which must have a value for each column, and numbers in all but one."""
    if len(row) != len(COLUMNS):
        raise BadDataError(f"Line {line} has {len(row)} values; expected {len(COLUMNS)}.")
    for name, cell in zip(COLUMNS, row, strict=True):
        if not cell:
            raise BadDataError(f"Line {line} lacks a value: {name} is empty.")
        if name != "species" and not (NUMBER.fullmatch(cell) and math.isfinite(float(cell))):
            raise BadDataError(f"Line {line}: {name} is {cell!r}, which is not a number.")
    return row


def read_params() -> tuple[str, str]:
    """Give ingest.url and ingest.sha256; empty where they are not set."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["ingest"]
    for name, value in params.items():
        # A hash of digits alone is a number in YAML.
        if not isinstance(value, str | None):
            raise BadDataError(f"ingest.{name} in params.yaml is {value!r}: put it in quotes.")
    return params["url"] or "", params["sha256"] or ""


def main() -> None:
    """Read the parameters, get the table, check it, write it."""
    url, sha256 = read_params()
    rows = parse(download(url, sha256) if url else bundled())
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(render(rows), encoding="utf-8", newline="")
    source = url or "scikit-learn's copy"
    print(f"{len(rows)} rows from {source} written to {OUT}")


if __name__ == "__main__":
    try:
        main()
    except BadDataError as error:
        sys.exit(f"error: {error}")
