"""A session row taken apart for people to read: its columns, and session_data layer by layer."""

import json
import re
import zlib
from datetime import UTC, datetime

from django.core import signing
from django.utils.translation import gettext_lazy as _

from sessions_demo.models import SessionStore

COLUMNS = {
    "public_id": _("The row's name in addresses and in the administration: a hash of the key, and no credential."),
    "session_key": _("The id. The only part that travels: it is the value of your cookie."),
    "session_data": _("What the server remembers, signed. It never leaves the server: taken apart below."),
    "expire_date": _("After this moment the row is not believed any more. Somebody has to delete it, too."),
    "user_id": _("Whose it is: a column of ours, so that you can list your logins."),
    "created_at": _("When you signed in: ours."),
    "last_seen_at": _("When the row was last written: ours."),
    "user_agent": _("What your browser calls itself: ours, and only its claim."),
}
ENTRIES = {
    "_auth_user_id": _("who you are: put there by login()"),
    "_auth_user_backend": _("which backend checked your password"),
    "_auth_user_hash": _("an HMAC of your password's hash: another password ends this session"),
    "began": _("when you signed in: the absolute timeout counts from here"),
    "lifetime": _("how many seconds you asked for"),
    "user_agent": _("what your browser calls itself"),
    "basket": _("put there by the buttons below"),
    "filler": _("random characters, put there by an experiment"),
}


def masked(key):
    """Enough of a session key to recognise it. The whole of it would let in every script that reads it."""
    return key and f"{key[:4]}…{key[-4:]}"


def columns(row):
    """Each column of the row: [{"name", "value", "about"}]."""
    values = {name: getattr(row, name) for name in COLUMNS}
    values["session_key"] = masked(row.session_key)
    return [{"name": name, "value": values[name], "about": about} for name, about in COLUMNS.items()]


def layers(row):
    """session_data from the outside to the inside, as Django itself reads it (django.core.signing.loads)."""
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


def genuine(session_data):
    """Is this session_data signed with our SECRET_KEY?"""
    try:
        signing.TimestampSigner(salt=SessionStore().key_salt).unsign(session_data)
    except signing.BadSignature:
        return False
    return True


def forged(session_data):
    """The same with its second character changed."""
    return f"{session_data[0]}{'B' if session_data[1] == 'A' else 'A'}{session_data[2:]}"


BROWSERS = {  # in this order: each calls itself by the names of those after it, too
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


def in_plain_words(user_agent):
    """("Firefox", "Linux") for a user agent that says so; what is not understood is said as it is."""
    named = re.sub(r"HeadlessChrome/", "Chrome/", user_agent)
    browser = next((name for sign, name in BROWSERS.items() if sign in named), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in named), "")
    return (browser, system) if browser else (user_agent, "")
