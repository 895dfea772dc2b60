"""Redaction: no recorded exchange contains a password or a password hash."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, RawPostDataException

MAX_BODY_CHARACTERS = 16 * 1024
MAX_VALUE_CHARACTERS = 300  # of one SQL parameter
HIDDEN = "•••"
PASSWORD_HASH = re.compile(r"^[a-z0-9_]+\$\d+\$")


def redact_value(value: object) -> str:
    """Return a SQL parameter as text: a password hash is hidden, a long text is cut."""
    text = str(value)
    if PASSWORD_HASH.match(text):
        return HIDDEN
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"


def redact_passwords(data: Any) -> Any:
    """Return a copy of JSON data with every password hidden, at any depth."""
    if isinstance(data, dict):
        return {key: HIDDEN if "password" in key.lower() else redact_passwords(value) for key, value in data.items()}
    return [redact_passwords(value) for value in data] if isinstance(data, list) else data


def readable_body(request: HttpRequest) -> str:
    """Return the request's body with its passwords hidden, or "" if a password in it could not be found."""
    try:
        body = request.body.decode()
    except (ValueError, OSError, RawPostDataException, SuspiciousOperation):
        return ""
    try:
        if request.content_type == "application/json" and body:
            return json.dumps(redact_passwords(json.loads(body)), ensure_ascii=False)[:MAX_BODY_CHARACTERS]
        if request.content_type == "application/x-www-form-urlencoded":
            fields = dict(parse_qsl(body, keep_blank_values=True))
            return urlencode(redact_passwords(fields))[:MAX_BODY_CHARACTERS]
    except (ValueError, RecursionError):
        pass
    return ""
