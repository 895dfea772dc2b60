"""Parser of JSON request bodies."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON that Python can follow and store: limited nesting, and no lone surrogate such as "\\ud800"."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply. Send fewer levels.")) from None
        except UnicodeEncodeError:
            raise ParseError(_("The JSON has half a character (a lone surrogate). Send whole ones.")) from None
        return data
