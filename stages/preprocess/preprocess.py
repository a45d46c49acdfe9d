"""Split data/raw/iris.csv into a training and a test table, stratified by species."""

import csv
import sys
from pathlib import Path

import yaml
from sklearn.model_selection import train_test_split

SOURCE = Path("data/raw/iris.csv")
TRAIN = Path("data/processed/train.csv")
TEST = Path("data/processed/test.csv")


def split(rows: list[list[str]], test_size: float, seed: int) -> tuple[list, list]:
    """Give the training and the test rows, each with the species in the proportions of all."""
    species = [row[-1] for row in rows]
    train, test = train_test_split(rows, test_size=test_size, random_state=seed, stratify=species)
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
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["preprocess"]
    test_size, seed = params["test_size"], params["seed"]
    if not isinstance(test_size, float) or not 0 < test_size < 1:
        sys.exit(f"error: preprocess.test_size is {test_size!r}; it must lie between 0 and 1.")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    try:
        train, test = split(rows, test_size, seed)
    except ValueError as error:
        sys.exit(f"error: {SOURCE} cannot be split with test_size {test_size}: {error}")
    write(TRAIN, header, train)
    write(TEST, header, test)
    print(f"{len(train)} rows written to {TRAIN}, {len(test)} to {TEST}")


if __name__ == "__main__":
    main()
