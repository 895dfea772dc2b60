"""Decoding of a session row: its columns, and the layers of session_data."""

import json
import zlib
from datetime import UTC, datetime

from django.core import signing
from django.utils.translation import gettext_lazy as _

from sessions_demo.models import Session, SessionStore

COLUMNS = {
    "public_id": _(
        "The row's name in URLs and in the administration. It is a hash of the session id, so it is no credential."
    ),
    "session_key": _("The session id. Your cookie contains this value and nothing else of the row."),
    "session_data": _("The session's data, signed. It never leaves the server. Decoded below."),
    "expire_date": _("The expiry time. Afterwards the server ignores the row, but something must still delete it."),
    "user_id": _("The user. This product added the column to list active sign-ins."),
    "created_at": _("The time of the sign-in. Added by this product."),
    "last_seen_at": _("The time of the last write. Added by this product."),
    "user_agent": _("The User-Agent header of your browser, which can be false. Added by this product."),
}
ENTRIES = {
    "_auth_user_id": _("the user's id, stored by login()"),
    "_auth_user_backend": _("the backend that checked the password"),
    "_auth_user_hash": _("an HMAC of the password's hash: a new password ends this session"),
    "began": _("the time of the sign-in: the absolute timeout counts from here"),
    "lifetime": _("the requested lifetime in seconds"),
    "user_agent": _("the User-Agent header of your browser"),
    "basket": _("stored by the buttons below"),
    "filler": _("random characters, stored by an experiment"),
}


def masked(key: str | None) -> str | None:
    """Return the ends of a session id. Any script of the page could use the whole id."""
    return key and f"{key[:4]}…{key[-4:]}"


def columns(row: Session) -> list[dict]:
    """Return the row's columns as [{"name", "value", "about"}]."""
    values = {name: getattr(row, name) for name in COLUMNS}
    values["session_key"] = masked(row.session_key)
    return [{"name": name, "value": values[name], "about": about} for name, about in COLUMNS.items()]


def layers(row: Session) -> dict:
    """Return the layers of session_data from the outside in, as django.core.signing.loads decodes them."""
    payload, stamp, signature = row.session_data.rsplit(":", 2)
    packed = signing.b64_decode(payload.removeprefix(".").encode())
    data = zlib.decompress(packed) if payload.startswith(".") else packed
    entries = json.loads(data)
    return {
        "payload": payload,
        "stamp": stamp,
        "signature": signature,
        "compressed": payload.startswith("."),
        "packed": packed[:24].hex(" "),
        "packed_bytes": len(packed),
        "json": data.decode(),
        "entries": [{"name": key, "value": value, "about": ENTRIES.get(key, "")} for key, value in entries.items()],
        "signed_at": datetime.fromtimestamp(signing.b62_decode(stamp), UTC),
        "salt": SessionStore().key_salt,
        "genuine": genuine(row.session_data),
        "forged": forged(row.session_data),
        "forged_is_genuine": genuine(forged(row.session_data)),
    }


def genuine(session_data: str) -> bool:
    """Return whether the signature is valid for this server's SECRET_KEY."""
    try:
        signing.TimestampSigner(salt=SessionStore().key_salt).unsign(session_data)
    except signing.BadSignature:
        return False
    return True


def forged(session_data: str) -> str:
    """Return session_data with its second character changed."""
    return f"{session_data[0]}{'B' if session_data[1] == 'A' else 'A'}{session_data[2:]}"


BROWSERS = {  # in this order: a browser's header also contains the names of later ones
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def in_plain_words(user_agent: str) -> tuple[str, str]:
    """Return browser and system, ("Firefox", "Linux"), or the unchanged header and "" if it is unknown."""
    header = user_agent.replace("HeadlessChrome/", "Chrome/")
    browser = next((name for part, name in BROWSERS.items() if part in header), "")
    system = next((name for part, name in SYSTEMS.items() if part in header), "")
    return (browser, system) if browser else (user_agent, "")
