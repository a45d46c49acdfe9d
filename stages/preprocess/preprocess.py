"""Split data/raw/iris.csv into a training and a test table, stratified by species."""

import csv
import sys
from pathlib import Path

import yaml
from sklearn.model_selection import train_test_split

SOURCE = Path("data/raw/iris.csv")
TRAIN = Path("data/processed/train.csv")
TEST = Path("data/processed/test.csv")
# What NumPy takes as a seed.
LARGEST_SEED = 2**32 - 1


class BadInputError(Exception):
    """A parameter or the table cannot be used."""


def read_params() -> tuple[float, int]:
    """Give preprocess.test_size and preprocess.seed."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["preprocess"]
    test_size, seed = params["test_size"], params["seed"]
    if not isinstance(test_size, float) or not 0 < test_size < 1:
        raise BadInputError(f"preprocess.test_size is {test_size!r}; it must lie between 0 and 1.")
    # Without a seed the split would be another one each time, under the same dvc.lock.
    if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise BadInputError(
            f"preprocess.seed is {seed!r}; it must be a whole number from 0 to {LARGEST_SEED}."
        )
    return test_size, seed


def read_table() -> tuple[list[str], list[list[str]]]:
    """Give the column names and the rows of the source table."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    if not table:
        raise BadInputError(f"{SOURCE} is empty.")
    return table[0], table[1:]


def split(rows: list[list[str]], test_size: float, seed: int) -> tuple[list, list]:
    """Give the training and the test rows, each with the species in the proportions of all."""
    species = [row[-1] for row in rows]
    try:
        train, test = train_test_split(
            rows, test_size=test_size, random_state=seed, stratify=species
        )
    except ValueError as error:
        raise BadInputError(
            f"{SOURCE} cannot be split with preprocess.test_size {test_size}: {error}"
        ) from error
    return train, test


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Read the parameters and the table, write the two parts."""
    test_size, seed = read_params()
    header, rows = read_table()
    train, test = split(rows, test_size, seed)
    write(TRAIN, header, train)
    write(TEST, header, test)
    print(f"{len(train)} rows written to {TRAIN}, {len(test)} to {TEST}")


if __name__ == "__main__":
    try:
        main()
    except BadInputError as error:
        sys.exit(f"error: {error}")
