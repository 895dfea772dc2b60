"""Recorded runs of Node code, shown in the lesson: a fragment, its output, the versions, and the date.

`node tests/node/record.mjs` writes the JSON files. A lesson shows one with a fenced block: its info string is
"transcript", and its text is the name of the file.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JavascriptLexer

TRANSCRIPTS = Path(__file__).parent / "transcripts"
DIRECTIVE = "transcript"  # the info string of the fenced block
PRODUCTS = {"node": "Node.js", "express": "Express"}  # other packages are called by their names


@dataclass(frozen=True)
class Transcript:
    """One recorded run of a fragment of Node code."""

    name: str
    file: str  # the fragment, from the root of the repository
    source: tuple[str, ...]  # the lines of the fragment that the lesson shows
    output: tuple[dict[str, str], ...]  # {"call", "result"}, in the order of the run
    versions: dict[str, str]  # {"node": version, package: version}
    date: str  # of the run, as YYYY-MM-DD
    command: str  # runs the fragment again, from the root of the repository

    @property
    def source_html(self) -> SafeString:
        """The fragment as markup: Pygments escapes it, and colors it by class names."""
        return mark_safe(highlight("\n".join(self.source), JavascriptLexer(), HtmlFormatter(nowrap=True)))  # noqa: S308

    @property
    def environment(self) -> str:
        """The runtime and the packages that ran the fragment: "Node.js 20.20.2, Express 5.2.1"."""
        return ", ".join(f"{PRODUCTS.get(name, name)} {version}" for name, version in self.versions.items())


@cache
def transcripts() -> dict[str, Transcript]:
    """Return every transcript by its name."""
    files = sorted(TRANSCRIPTS.glob("*.json"))
    return {path.stem: parse_transcript(path.read_text(encoding="utf-8")) for path in files}


def parse_transcript(text: str) -> Transcript:
    """Return the transcript in a JSON file."""
    fields = json.loads(text)
    return Transcript(**fields | {"source": tuple(fields["source"]), "output": tuple(fields["output"])})


def add_transcripts(parser: MarkdownIt) -> None:
    """Make a Markdown parser render the directive as a figure."""
    parser.add_render_rule("fence", render_fence)


def render_fence(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]
) -> str:
    """Render a fenced block: a rule of the Markdown renderer. `env` may name the language of the figure's labels."""
    transcript = transcripts().get(directive_name(tokens[index]) or "")
    if transcript is None:
        return self.fence(tokens, index, options, env)
    with translation.override(env.get("language") or translation.get_language()):
        return render_to_string("learning/_transcript.html", {"transcript": transcript})


def directive_name(token: Token) -> str | None:
    """Return the name in a directive; None for any other Markdown token."""
    return token.content.strip() if token.type == "fence" and token.info.strip() == DIRECTIVE else None


def transcript_names(text: str) -> list[str]:
    """Return the names of the transcripts that a Markdown text shows, in order."""
    names = map(directive_name, MarkdownIt("commonmark").parse(text))
    return [name for name in names if name is not None]


def transcript_problems(text: str) -> Iterator[str]:
    """Yield one line for each unknown transcript in a Markdown text."""
    for name in transcript_names(text):
        if name not in transcripts():
            yield f"unknown transcript '{name}'"
