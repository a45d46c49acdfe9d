"""Why a request to the remote failed, in one line that keeps what S3 said."""

from __future__ import annotations

import re

from events.named_objects import named

OBJECT = re.compile(r"files/md5/([0-9a-f]{2})/([0-9a-f]{30}(?:\.dir)?)")


def reason_of(error: BaseException) -> str:
    """`PutObject: HTTP 403 AccessDenied: Access Denied`, or what the error says of itself.

    s3fs makes errors of the operating system of S3's (s3fs/errors.py): what was asked, the status
    and S3's own code are then only in the error behind.
    """
    behind, seen, status = error, set(), None
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        response = getattr(behind, "response", None)
        if isinstance(response, dict) and "ResponseMetadata" in response:
            return of_response(response, getattr(behind, "operation_name", "request"))
        # Of what answered instead, such as a proxy: aiohttp's errors have it.
        status = status or getattr(behind, "status", None)
        behind = behind.__cause__ or behind.__context__
    text = f"{type(error).__name__}: {error}"
    if isinstance(status, int) and str(status) not in text:
        text = f"{text}: HTTP {status}"
    return OBJECT.sub(lambda match: named.paths().get(match[1] + match[2], match[0]), text)


def of_response(response: dict, operation: str) -> str:
    status = response["ResponseMetadata"].get("HTTPStatusCode", "")
    said = response.get("Error", {})
    code, message = said.get("Code", ""), said.get("Message", "")
    asked = f"{operation}: HTTP {status}"
    named_code = f"{asked} {code}" if code and code != str(status) else asked
    return f"{named_code}: {message}" if message else named_code
