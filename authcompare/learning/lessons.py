"""The lesson: a Markdown file per step and language, which a teacher can edit or add to without touching code.

Front matter says what the step is for; the body has four sections. What is wrong with a file is told by `problems`,
which `manage.py check` and the build ask.
"""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import unquote

import yaml
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from authcompare.experiments import topics
from authcompare.experiments.registry import find_experiment
from authcompare.learning.transcripts import add_transcripts, transcript_problems
from authcompare.mechanisms.registry import find_variant, mechanisms
from authcompare.mechanisms.source_code import pieces_of

LESSONS = Path(__file__).parent / "lessons"
PLANS = (45, 90)  # minutes
SECTIONS = ("predict", "observe", "explain", "code")
REQUIRED = SECTIONS[:3]
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
HEADING = re.compile(r"^## +(.*?) *\{#(\w+)\} *$", re.MULTILINE)
SAW = re.compile(r"saw:([\w-]+)/([\w-]+)/([\w-]+)=(.*)")  # experiment/mechanism/variant=outcome
LISTS = ("doors", "rows", "code", "hints")
ALIKE = ("minutes", "experiment_slug", "door_names", "rows", "code")  # whatever language a step is in
KNOWN = {"title", "objective", "minutes", "experiment", "doors", "question", "rows", "code", "hints", "notes"}


class LessonError(ValueError):
    """A file that can not be understood; says which and why, in one line."""


@dataclass(frozen=True)
class Section:
    name: str
    heading: str
    html: str


@dataclass(frozen=True)
class Step:
    """One step of the lesson in one language."""

    slug: str  # of its address: the file's name without the number in front
    path: Path
    title: str
    objective: str
    minutes: dict  # {plan: minutes}
    body: str
    experiment_slug: str = ""
    door_names: tuple = ()
    question_text: str = ""
    rows: tuple = ()
    code: tuple = ()  # "mechanism/variant/endpoint/method"
    hints: tuple = field(default=())
    notes: str = ""

    @property
    def language(self):
        """The language of the step: the name of its folder."""
        return self.path.parent.name

    @property
    def experiment(self):
        return find_experiment(self.experiment_slug) if self.experiment_slug else None

    @property
    def question(self):
        return self.question_text or (self.experiment and self.experiment.question) or ""

    @property
    def doors(self):
        """The doors at which it is tried: those it names, or every mechanism's default door that it concerns."""
        if not self.experiment:
            return []
        named = [find_variant(*name.split()) for name in self.door_names]
        found = named or [mechanism.default for mechanism in mechanisms()]
        return [door for door in found if door and self.experiment.concerns(door)]

    @cached_property
    def sections(self):
        """{name: Section}, rendered."""
        found = list(HEADING.finditer(self.body))
        ends = [*(match.start() for match in found[1:]), len(self.body)]
        return {
            match[2]: Section(match[2], match[1], render(self.body[match.end() : end], self.language))
            for match, end in zip(found, ends, strict=True)
        }

    @property
    def notes_html(self):
        return render(self.notes)


def languages():
    return [code for code, _name in settings.LANGUAGES]


def steps(language, folder=LESSONS):
    """The steps in this language, in their order. A file that was edited is read anew."""
    files = sorted((folder / language).glob("*.md"))
    return read(tuple((path, path.stat().st_mtime_ns) for path in files))


@cache
def read(files):
    return [parse(path) for path, _changed in files]


def step(slug, language):
    """The step with this slug, or None."""
    return next((each for each in steps(language) if each.slug == slug), None)


def planned(plan, language):
    """The steps of a plan of 45 or 90 minutes."""
    return [each for each in steps(language) if plan in each.minutes]


def parse(path):
    """A Step from its file; raises LessonError."""
    match = FRONT.match(path.read_text(encoding="utf-8"))
    if not match:
        raise LessonError(f"{path.name}: it does not begin with front matter between two lines of ---")
    try:
        front = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise LessonError(f"{path.name}: its front matter is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(front, dict):
        raise LessonError(f"{path.name}: its front matter is no list of names and values")
    if unknown := set(front) - KNOWN:
        raise LessonError(f"{path.name}: its front matter has a name that nobody knows: {min(map(str, unknown))}")
    if missing := {"title", "objective", "minutes"} - set(front):
        raise LessonError(f"{path.name}: its front matter lacks {min(missing)}")
    minutes = front["minutes"]
    if not isinstance(minutes, dict) or not minutes or not set(minutes) <= set(PLANS) or not whole(minutes.values()):
        raise LessonError(f"{path.name}: minutes must say how long it takes in which plan, as {{45: 4, 90: 7}}")
    for name in LISTS:
        if not isinstance(front.get(name) or [], list):
            raise LessonError(f"{path.name}: its {name} are no list, as [one, another]")
    return Step(
        slug=re.sub(r"^\d+-", "", path.stem),
        path=path,
        title=front["title"],
        objective=front["objective"],
        minutes=minutes,
        body=match[2],
        experiment_slug=front.get("experiment", ""),
        door_names=tuple(front.get("doors") or ()),
        question_text=front.get("question", ""),
        rows=tuple(front.get("rows") or ()),
        code=tuple(front.get("code") or ()),
        hints=tuple(front.get("hints") or ()),
        notes=front.get("notes") or "",
    )


def whole(numbers):
    return all(type(number) is int and number > 0 for number in numbers)


@cache
def markdown():
    """CommonMark without raw HTML; `saw:` links lead to the experiment that shows it."""
    made = MarkdownIt("commonmark", {"html": False, "typographer": False})
    made.enable("table")
    made.validateLink = lambda url: not re.match(r"(javascript|vbscript|file|data):", url.strip().lower())
    made.add_render_rule("link_open", open_link)
    add_transcripts(made)
    return made


def open_link(self, tokens, index, options, env):
    token = tokens[index]
    saw = SAW.fullmatch(unescaped(token.attrs["href"]))
    if saw:
        token.attrs = {"class": "saw", "href": f"/experiments/{saw[1]}/"}
    return self.renderToken(tokens, index, options, env)


def render(text, language=""):
    """Markdown as HTML that is safe to put into a page: raw HTML in it is shown, not obeyed."""
    return mark_safe(markdown().render(text.strip(), {"language": language}))  # noqa: S308


def unescaped(href):
    """An address as it was written, before Markdown encoded its spaces."""
    return unquote(str(href))


def links(step):
    """Every address that a step's text points to."""
    for token in markdown().parse(f"{step.body}\n\n{step.notes}"):
        for child in token.children or []:
            if child.type == "link_open":
                yield unescaped(child.attrs["href"])


def problems(folder=LESSONS):
    """What is wrong with the lessons, as one line each: what a build fails for."""
    names = {language: {path.name for path in (folder / language).glob("*.md")} for language in languages()}
    originals = {}
    for language in languages():
        for name in sorted(set.union(*names.values()) - names[language]):
            yield f"{language}/{name}: this step has no translation"
        for name in sorted(names[language]):
            try:
                found = parse(folder / language / name)
            except LessonError as error:
                yield f"{language}/{error}"
                continue
            for problem in wrong(found):
                yield f"{language}/{name}: {problem}"
            original = originals.setdefault(name, found)
            if name != next(each for each, known in originals.items() if known.slug == original.slug):
                yield f"{language}/{name}: another step has the same name"
            for alike in ALIKE:
                if getattr(found, alike) != getattr(original, alike):
                    yield f"{language}/{name}: its {alike.partition('_')[0]} are not those of the other languages"
    for plan in PLANS:
        needed = sum(each.minutes.get(plan, 0) for each in originals.values())
        if needed > plan:
            yield f"the plan of {plan} minutes needs {needed}"


def wrong(step):
    """What is wrong with one step."""
    if step.experiment_slug and not step.experiment:
        yield f"there is no experiment '{step.experiment_slug}'"
        return
    if resolve(f"/walkthrough/{step.slug}/").url_name != "walkthrough-step":
        yield f"there is another page at /walkthrough/{step.slug}/: name it otherwise"
    if missing := [name for name in REQUIRED if name not in step.sections]:
        yield f"it has no section {{#{missing[0]}}}"
    found = [match[2] for match in HEADING.finditer(step.body)]
    if found != [name for name in SECTIONS if name in found]:
        yield f"its sections are not {', '.join(SECTIONS)}, once each and in this order"
    for name in step.door_names:
        door = find_variant(*name.split()) if len(name.split()) == 2 else None
        if door is None or not step.experiment or not step.experiment.concerns(door):
            yield f"its experiment has nothing to do at the door '{name}'"
    for name in step.rows:
        if name not in topics.SLUGS:
            yield f"the comparison has no row '{name}'"
    for name in step.code:
        if not leads_somewhere(f"/code/{name}/"):
            yield f"there is no code '{name}'"
    if step.code and "code" not in step.sections:
        yield "it names code to be shown, and has no section {#code} to show it in"
    for href in links(step):
        yield from wrong_link(href)
    yield from transcript_problems(f"{step.body}\n\n{step.notes}")


def wrong_link(href):
    saw = SAW.fullmatch(href)
    if not saw:
        if href.startswith("/") and not leads_somewhere(href):
            yield f"a dead link: {href}"
        elif not href.startswith(("/", "#", "https://")):
            yield f"a link must begin with /, # or https://: {href}"
        return
    tried, door = find_experiment(saw[1]), find_variant(saw[2], saw[3])
    if tried is None or door is None or not tried.concerns(door):
        yield f"there is nothing to see: {href}"
    elif tried.expected(door) != saw[4]:
        yield f"it says '{saw[4]}', but {saw[1]} at {saw[2]} {saw[3]} shows '{tried.expected(door)}'"


def leads_somewhere(href):
    """Is there a page at this address of ours?"""
    address, _hash, part = href.partition("#")
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    if match.url_name == "experiment":
        return find_experiment(match.kwargs["slug"]) is not None
    if match.url_name == "code":
        return pieces_of(**match.kwargs) is not None
    if match.url_name == "comparison":
        return not part or part in topics.SLUGS
    if match.url_name == "walkthrough-step":
        return step(match.kwargs["slug"], settings.LANGUAGE_CODE) is not None and part in ("", *SECTIONS)
    if match.url_name == "mechanism":
        return any(mechanism.slug == match.kwargs["slug"] for mechanism in mechanisms())
    return True
