"""Let the S3 client try again what may go well the next time."""

import os

TEMPORARY = {429, 500, 502, 503, 504}


def set_retries() -> None:
    """Four requests, after 1, 2 and 4 s at most and less at random.

    The client's own default waits longer and longer without a limit.
    """
    os.environ.setdefault("AWS_RETRY_MODE", "standard")
    os.environ.setdefault("AWS_MAX_ATTEMPTS", "4")


def retry_refusals() -> None:
    """Let s3fs begin anew, five times, after these statuses, as it does after a lost connection.

    Of many thousand objects a few meet four refusals in a row; without this the whole push fails.
    """
    import s3fs.core

    s3fs.core.set_custom_error_handler(may_pass)


def may_pass(error: BaseException) -> bool:
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return False
    return response.get("ResponseMetadata", {}).get("HTTPStatusCode") in TEMPORARY
