"""The pre-test and the post-test: the same misconceptions, different questions; and what was gained between the two."""

from dataclasses import dataclass
from functools import cache

import yaml

from authcompare.learning.lessons import LESSONS, languages

FILE = "questions.yaml"
ROUNDS = ("pre", "post")
NAMES = {"question", "options", "right", "why"}
FEWEST = 2  # options


class QuestionsError(ValueError):
    """The file can not be understood; says why, in one line."""


@dataclass(frozen=True)
class Question:
    """One question of a test, about one misconception."""

    misconception: str
    text: str
    options: tuple
    right: int  # which of the options
    why: str


def questions(round, language, folder=LESSONS):
    """Those of the "pre" or the "post" test, in their order; none where there is no file."""
    path = folder / language / FILE
    return read(path, path.stat().st_mtime_ns)[round] if path.exists() else []


@cache
def read(path, _changed):
    """{round: [Question, ...]}; raises QuestionsError."""
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise QuestionsError(f"{FILE}: it is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(items, list):
        raise QuestionsError(f"{FILE}: it is no list of misconceptions")
    return {round: [question(item, round) for item in items] for round in ROUNDS}


def question(item, round):
    slug = item.get("misconception") if isinstance(item, dict) else None
    asked = item.get(round) if slug else None
    if not isinstance(asked, dict) or set(asked) != NAMES:
        raise QuestionsError(f"{FILE}: '{slug}' has no {round} with {', '.join(sorted(NAMES))}")
    options = asked["options"]
    if not isinstance(options, list) or len(options) < FEWEST:
        raise QuestionsError(f"{FILE}: '{slug}' has fewer than {FEWEST} options in {round}")
    if type(asked["right"]) is not int or not 1 <= asked["right"] <= len(options):
        raise QuestionsError(f"{FILE}: '{slug}' has in {round} no option number {asked['right']}")
    return Question(slug, asked["question"], tuple(options), asked["right"] - 1, asked["why"])


def problems(folder=LESSONS):
    """What is wrong with the questions, as one line each."""
    found = {}
    for language in languages():
        if not (folder / language / FILE).exists():
            yield f"{language}/{FILE}: there is none"
            continue
        try:
            found[language] = {round: questions(round, language, folder) for round in ROUNDS}
        except QuestionsError as error:
            yield f"{language}/{error}"
    for language, tests in found.items():
        for before, after in zip(*tests.values(), strict=True):
            if before.text == after.text:
                yield f"{language}/{FILE}: '{before.misconception}' has the same question before and after"
        for round, asked in tests.items():
            first = next(iter(found.values()))[round]
            if [shape(each) for each in asked] != [shape(each) for each in first]:
                yield f"{language}/{FILE}: its {round} is not that of the other languages"
            if len(asked) > 1 and len({each.right for each in asked}) == 1:
                yield f"{language}/{FILE}: in {round} the right answer is always at the same place"


def shape(question):
    return question.misconception, len(question.options), question.right


def right(asked, choices):
    """How many of these questions are answered rightly."""
    return sum(choices.get(each.misconception) == each.right for each in asked)


def gain(before, after, of):
    """The normalised gain (Hake 1998): which share of what could still be learned was learned. None where nothing could
    be, or where there were no questions."""
    return (after - before) / (of - before) if before < of else None
