"""The lesson: one Markdown file per step and language, which a teacher can edit without touching code.

The front matter describes the step; the body has up to four sections. `lesson_checks` finds mistakes in the files.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import frontmatter
import yaml
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from authcompare.experiments.base import Experiment
from authcompare.experiments.registry import find_experiment
from authcompare.learning.glossary import link_first_uses
from authcompare.learning.transcripts import add_transcripts
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import find_variant, mechanisms

LESSONS = Path(__file__).parent / "lessons"
PLANS = (45, 90)  # minutes
SECTIONS = ("predict", "observe", "explain", "code")
HEADING = re.compile(r"^## +(.*?) *\{#(\w+)\} *$", re.MULTILINE)
OBSERVATION_LINK = re.compile(r"saw:([\w-]+)/([\w-]+)/([\w-]+)=(.*)")  # experiment/mechanism/variant=outcome
LIST_FIELDS = ("doors", "rows", "code", "hints")
REQUIRED_FIELDS = {"title", "objective", "minutes"}
FIELDS = REQUIRED_FIELDS | {"experiment", "doors", "question", "rows", "code", "hints", "notes"}


class LessonError(ValueError):
    """An error in a lesson file; its message gives the file and the reason in one line."""


@dataclass(frozen=True)
class Section:
    """One section of a step, rendered."""

    name: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class Step:
    """One step of the lesson in one language."""

    slug: str  # in its URL: the file name without its number
    path: Path
    title: str
    objective: str
    minutes: dict[int, int]  # {plan: minutes}
    body: str
    experiment_slug: str = ""
    variant_keys: tuple[str, ...] = ()
    own_question: str = ""
    rows: tuple[str, ...] = ()
    code: tuple[str, ...] = ()  # "mechanism/variant/endpoint/method"
    hints: tuple[str, ...] = ()
    notes: str = ""

    @property
    def language(self) -> str:
        """The language of the step: the name of its folder."""
        return self.path.parent.name

    @property
    def experiment(self) -> Experiment | None:
        """The experiment of the step, or None."""
        return find_experiment(self.experiment_slug) if self.experiment_slug else None

    @property
    def question(self) -> str:
        """The step's own question, or its experiment's."""
        return self.own_question or (self.experiment and self.experiment.question) or ""

    @property
    def variants(self) -> list[Variant]:
        """The variants at which the experiment runs: those of the file, or each mechanism's default."""
        if not self.experiment:
            return []
        named = [find_variant(*key.split()) for key in self.variant_keys]
        chosen = named or [mechanism.default for mechanism in mechanisms()]
        return [variant for variant in chosen if variant and self.experiment.concerns(variant)]

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The sections by name. The first use of a term in the step links to the glossary."""
        headings = list(HEADING.finditer(self.body))
        ends = [*(match.start() for match in headings[1:]), len(self.body)]
        linked: set[str] = set()
        return {
            match[2]: Section(match[2], match[1], render(self.body[match.end() : end], self.language, linked))
            for match, end in zip(headings, ends, strict=True)
        }

    @property
    def notes_html(self) -> SafeString:
        """The notes for the teacher, rendered."""
        return render(self.notes)


def languages() -> list[str]:
    """Return the codes of the product's languages."""
    return [code for code, _name in settings.LANGUAGES]


def steps(language: str, folder: Path = LESSONS) -> list[Step]:
    """Return the steps in this language in order. An edited file is read again."""
    files = sorted((folder / language).glob("*.md"))
    return read_steps(tuple((path, path.stat().st_mtime_ns) for path in files))


@cache
def read_steps(files: tuple[tuple[Path, int], ...]) -> list[Step]:
    """Return the steps of these files; the times of their last change are part of the cache key."""
    return [parse_step(path) for path, _modified in files]


def find_step(slug: str, language: str) -> Step | None:
    """Return the step with this slug, or None."""
    return next((step for step in steps(language) if step.slug == slug), None)


def planned_steps(plan: int, language: str) -> list[Step]:
    """Return the steps of a plan of 45 or 90 minutes."""
    return [step for step in steps(language) if plan in step.minutes]


def parse_step(path: Path) -> Step:
    """Return the step in a file; raise LessonError."""
    fields, body = parse_front_matter(path)
    return Step(
        slug=re.sub(r"^\d+-", "", path.stem),
        path=path,
        title=fields["title"],
        objective=fields["objective"],
        minutes=fields["minutes"],
        body=body,
        experiment_slug=fields.get("experiment", ""),
        variant_keys=tuple(fields.get("doors") or ()),
        own_question=fields.get("question", ""),
        rows=tuple(fields.get("rows") or ()),
        code=tuple(fields.get("code") or ()),
        hints=tuple(fields.get("hints") or ()),
        notes=fields.get("notes") or "",
    )


def parse_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Return the front matter and the body of a file; raise LessonError for the first mistake in the front matter."""
    try:
        fields, body = frontmatter.parse(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LessonError(f"{path.name}: invalid YAML in the front matter: {' '.join(str(error).split())}") from None
    if not fields:
        raise LessonError(f"{path.name}: the file must start with front matter: names and values between two lines ---")
    if unknown := set(fields) - FIELDS:
        raise LessonError(f"{path.name}: unknown name in the front matter: {min(map(str, unknown))}")
    if missing := REQUIRED_FIELDS - set(fields):
        raise LessonError(f"{path.name}: the front matter needs '{min(missing)}'")
    if not is_plan(fields["minutes"]):
        raise LessonError(f"{path.name}: 'minutes' must give the minutes of each plan, for example {{45: 4, 90: 7}}")
    for name in LIST_FIELDS:
        if not isinstance(fields.get(name) or [], list):
            raise LessonError(f"{path.name}: '{name}' must be a list, for example [one, another]")
    return fields, body


def is_plan(minutes: object) -> bool:
    """Return True for {plan: minutes} with known plans and positive whole numbers."""
    if not isinstance(minutes, dict) or not minutes or not set(minutes) <= set(PLANS):
        return False
    return all(type(number) is int and number > 0 for number in minutes.values())


@cache
def markdown() -> MarkdownIt:
    """Return the parser: CommonMark without raw HTML; `saw:` links lead to the experiment."""
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False})
    parser.enable("table")
    parser.validateLink = is_harmless  # type: ignore[method-assign]  # the parser's own hook
    parser.add_render_rule("link_open", render_link)
    add_transcripts(parser)
    return parser


def is_harmless(url: str) -> bool:
    """Return True unless a link to this address could run a script or read a file."""
    return not re.match(r"(javascript|vbscript|file|data):", url.strip().lower())


def render_link(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]
) -> str:
    """Render the start tag of a link: a rule of the Markdown renderer."""
    token = tokens[index]
    observation = OBSERVATION_LINK.fullmatch(decode_href(token.attrs["href"]))
    if observation:
        token.attrs = {"class": "saw", "href": f"/experiments/{observation[1]}/"}
    return self.renderToken(tokens, index, options, env)


def render(text: str, language: str = "", linked: set[str] | None = None) -> SafeString:
    """Return Markdown as safe HTML: raw HTML in it is escaped.

    With a language, the first use of each term that is not in `linked` yet becomes a link to the glossary.
    """
    parser = markdown()
    tokens = parser.parse(text.strip())
    if language:
        tokens = link_first_uses(tokens, language, set() if linked is None else linked)
    html: str = parser.renderer.render(tokens, parser.options, {"language": language})
    return mark_safe(html)  # noqa: S308


def decode_href(href: object) -> str:
    """Return a link's address as the file has it; Markdown encodes spaces."""
    return unquote(str(href))


def links(step: Step) -> Iterable[str]:
    """Yield the address of every link in a step's file."""
    for token in markdown().parse(f"{step.body}\n\n{step.notes}"):
        for child in token.children or []:
            if child.type == "link_open":
                yield decode_href(child.attrs["href"])
