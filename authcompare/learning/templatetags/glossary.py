"""`{% term "csrf" %}`: a link from a page to a term of the glossary."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authcompare.learning.glossary import find_term

register = template.Library()


@register.simple_tag
def term(slug: str, text: str = "") -> SafeString:
    """Return a link to a term; `text` replaces its name, for example in the plural."""
    found = find_term(slug)
    return format_html('<a class="term" href="{}">{}</a>', found.url, text or found.name)
