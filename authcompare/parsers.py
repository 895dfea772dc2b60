"""What may be in a request body."""

import codecs

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259 section 8.1), no deeper than Python can follow."""

    def parse(self, stream, media_type=None, parser_context=None):
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            if codecs.lookup(encoding).name != "utf-8":
                raise LookupError
        except LookupError:
            raise ParseError(_("JSON is sent as UTF-8.")) from None
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("This JSON is nested too deeply.")) from None
