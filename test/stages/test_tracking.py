import os

import pytest
from conftest import STAGES


@pytest.fixture(scope="module")
def tracking(train):
    import tracking

    return tracking


def test_both_stages_hold_the_same_file():
    one, other = ((STAGES / name / "tracking.py").read_bytes() for name in ("train", "evaluate"))
    assert one == other


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("a\n  b\tc", "a b c"),
        ("at http://user:secret@host/x failed", "at http://***@host/x failed"),
        ("https://t0ken@host", "https://***@host"),
        ("http://host/a@b", "http://host/a@b"),
        ("x" * 601, "x" * 600 + "…"),
    ],
)
def test_messages_are_one_paragraph_without_credentials(tracking, said, expected):
    assert tracking.readable(said) == expected


def test_a_cut_does_not_uncover_credentials(tracking):
    said = "x" * 590 + " http://user:secret@host"
    assert "secret" not in tracking.readable(said)


def test_patience_ends_where_its_block_ends_and_leaves_the_users_choice(tracking, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    seen = {}

    def fail_impatiently():
        with tracking.patience(retries=1, timeout=10):
            seen.update(os.environ)
            raise KeyError

    with pytest.raises(KeyError):
        fail_impatiently()
    assert seen["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
    assert seen["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
