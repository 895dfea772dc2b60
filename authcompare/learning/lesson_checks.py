"""The checks of the lesson files. Each function yields one line per mistake."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import Resolver404, resolve

from authcompare.experiments import topics
from authcompare.experiments.registry import find_experiment
from authcompare.learning.glossary import BY_SLUG
from authcompare.learning.lessons import (
    HEADING,
    LESSONS,
    OBSERVATION_LINK,
    PLANS,
    SECTIONS,
    LessonError,
    Step,
    find_step,
    languages,
    links,
    parse_step,
)
from authcompare.learning.questions import FILE, TEST_ROUNDS, Question, QuestionsError, questions
from authcompare.learning.transcripts import transcript_problems
from authcompare.mechanisms.registry import find_variant, mechanisms
from authcompare.mechanisms.source_code import pieces_of

REQUIRED_SECTIONS = SECTIONS[:3]
SAME_IN_ALL_LANGUAGES = {
    "minutes": "minutes",
    "experiment": "experiment_slug",
    "doors": "variant_keys",
    "rows": "rows",
    "code": "code",
}  # {name in the front matter: attribute of Step}


def lesson_problems(folder: Path = LESSONS) -> Iterator[str]:
    """Yield every mistake in the steps of all languages."""
    names = {language: {path.name for path in (folder / language).glob("*.md")} for language in languages()}
    originals: dict[str, Step] = {}
    for language in languages():
        for name in sorted(set.union(*names.values()) - names[language]):
            yield f"{language}/{name}: this step has no translation"
        for name in sorted(names[language]):
            try:
                step = parse_step(folder / language / name)
            except LessonError as error:
                yield f"{language}/{error}"
                continue
            original = originals.setdefault(name, step)
            for problem in [*step_problems(step), *translation_problems(step, original)]:
                yield f"{language}/{name}: {problem}"
            if name != next(each for each, known in originals.items() if known.slug == original.slug):
                yield f"{language}/{name}: another step has the same name"
    for plan in PLANS:
        minutes = sum(step.minutes.get(plan, 0) for step in originals.values())
        if minutes > plan:
            yield f"the plan of {plan} minutes needs {minutes}"


def translation_problems(step: Step, original: Step) -> Iterator[str]:
    """Yield the differences of a translation that are not language."""
    for name, attribute in SAME_IN_ALL_LANGUAGES.items():
        if getattr(step, attribute) != getattr(original, attribute):
            yield f"'{name}' differs from the other languages"


def step_problems(step: Step) -> Iterator[str]:
    """Yield the mistakes in one step."""
    if step.experiment_slug and not step.experiment:
        yield f"unknown experiment '{step.experiment_slug}'"
        return
    if resolve(f"/walkthrough/{step.slug}/").url_name != "walkthrough-step":
        yield f"another page has the address /walkthrough/{step.slug}/: rename the file"
    yield from section_problems(step)
    for key in step.variant_keys:
        variant = find_variant(*key.split()) if len(key.split()) == 2 else None
        if variant is None or not step.experiment or not step.experiment.concerns(variant):
            yield f"the experiment does not run at the door '{key}'"
    for name in step.rows:
        if name not in topics.SLUGS:
            yield f"the comparison has no row '{name}'"
    for name in step.code:
        if not page_exists(f"/code/{name}/"):
            yield f"unknown code '{name}'"
    for href in links(step):
        yield from link_problems(href)
    yield from transcript_problems(f"{step.body}\n\n{step.notes}")


def section_problems(step: Step) -> Iterator[str]:
    """Yield the mistakes in the sections of a step."""
    if missing := [name for name in REQUIRED_SECTIONS if name not in step.sections]:
        yield f"the section {{#{missing[0]}}} is missing"
    order = [match[2] for match in HEADING.finditer(step.body)]
    if order != [name for name in SECTIONS if name in order]:
        yield f"the sections must be {', '.join(SECTIONS)}, once each and in this order"
    if step.code and "code" not in step.sections:
        yield "'code' needs a section {#code}"


def link_problems(href: str) -> Iterator[str]:
    """Yield the mistakes in one link."""
    observation = OBSERVATION_LINK.fullmatch(href)
    if not observation:
        if href.startswith("/") and not page_exists(href):
            yield f"dead link: {href}"
        elif not href.startswith(("/", "#", "https://")):
            yield f"a link must begin with /, # or https://: {href}"
        return
    slug, mechanism, name, outcome = observation.groups()
    experiment, variant = find_experiment(slug), find_variant(mechanism, name)
    if experiment is None or variant is None or not experiment.concerns(variant):
        yield f"unknown experiment or door: {href}"
    elif experiment.expected(variant) != outcome:
        yield f"{href}: the experiment expects '{experiment.expected(variant)}'"


def page_exists(href: str) -> bool:
    """Return True if this site has a page, and the part of it, at this address."""
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
    if match.url_name == "glossary":
        return not part or part in BY_SLUG
    if match.url_name == "walkthrough-step":
        return find_step(match.kwargs["slug"], settings.LANGUAGE_CODE) is not None and part in ("", *SECTIONS)
    if match.url_name == "mechanism":
        return any(mechanism.slug == match.kwargs["slug"] for mechanism in mechanisms())
    return True


def question_problems(folder: Path = LESSONS) -> Iterator[str]:
    """Yield every mistake in the tests of all languages."""
    tests: dict[str, dict[str, list[Question]]] = {}  # {language: {test: questions}}
    for language in languages():
        if not (folder / language / FILE).exists():
            yield f"{language}/{FILE}: the file is missing"
            continue
        try:
            tests[language] = {test: questions(test, language, folder) for test in TEST_ROUNDS}
        except QuestionsError as error:
            yield f"{language}/{error}"
    for language, by_test in tests.items():
        original = next(iter(tests.values()))
        for problem in [*pair_problems(by_test), *each_test_problems(by_test, original)]:
            yield f"{language}/{FILE}: {problem}"


def pair_problems(by_test: dict[str, list[Question]]) -> Iterator[str]:
    """Yield the misconceptions whose question is the same in both tests."""
    for before, after in zip(*by_test.values(), strict=True):
        if before.text == after.text:
            yield f"'{before.misconception}' has the same question before and after"


def each_test_problems(by_test: dict[str, list[Question]], original: dict[str, list[Question]]) -> Iterator[str]:
    """Yield the mistakes in each test as a whole."""
    for test, asked in by_test.items():
        if [shape(question) for question in asked] != [shape(question) for question in original[test]]:
            yield f"'{test}' differs from the other languages"
        if len(asked) > 1 and len({question.right for question in asked}) == 1:
            yield f"in '{test}' the right option is always at the same place"


def shape(question: Question) -> tuple[str, int, int]:
    """Return the parts of a question that must be the same in every language."""
    return question.misconception, len(question.options), question.right
