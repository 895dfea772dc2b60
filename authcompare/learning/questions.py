"""The pre-test and the post-test: two questions for each misconception, and the gain from one test to the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from authcompare.learning.lessons import LESSONS
from authcompare.learning.models import Prediction

FILE = "questions.yaml"
TEST_ROUNDS = {"pre": Prediction.PRE, "post": Prediction.POST}
FIELDS = {"question", "options", "right", "why"}
MIN_OPTIONS = 2


class QuestionsError(ValueError):
    """An error in the questions file; its message gives the reason in one line."""


@dataclass(frozen=True)
class Question:
    """One question of a test, about one misconception."""

    misconception: str
    text: str
    options: tuple[str, ...]
    right: int  # index of the right option
    why: str

    def is_right(self, choice: int | None) -> bool:
        """Return True if this option is the right one. None is a question that was left out."""
        return choice == self.right

    @property
    def solution(self) -> str:
        """The text of the right option."""
        return self.options[self.right]


def questions(test: str, language: str, folder: Path = LESSONS) -> list[Question]:
    """Return the questions of the "pre" or the "post" test in order; none without a file."""
    path = folder / language / FILE
    return read_questions(path, path.stat().st_mtime_ns)[test] if path.exists() else []


@cache
def read_questions(path: Path, _modified: int) -> dict[str, list[Question]]:
    """Return the questions of a file by test; raise QuestionsError."""
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise QuestionsError(f"{FILE}: invalid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(items, list):
        raise QuestionsError(f"{FILE}: must be a list of misconceptions")
    return {test: [parse_question(item, test) for item in items] for test in TEST_ROUNDS}


def parse_question(item: Any, test: str) -> Question:
    """Return a question from an item of the file; raise QuestionsError."""
    slug: Any = item.get("misconception") if isinstance(item, dict) else None
    fields = item.get(test) if slug else None
    if not isinstance(fields, dict) or set(fields) != FIELDS:
        raise QuestionsError(f"{FILE}: '{slug}' needs '{test}' with {', '.join(sorted(FIELDS))}")
    options, right = fields["options"], fields["right"]
    if not isinstance(options, list) or len(options) < MIN_OPTIONS:
        raise QuestionsError(f"{FILE}: '{slug}' needs at least {MIN_OPTIONS} options in '{test}'")
    if type(right) is not int or not 1 <= right <= len(options):
        raise QuestionsError(f"{FILE}: '{slug}' has no option number {right} in '{test}'")
    return Question(slug, fields["question"], tuple(options), right - 1, fields["why"])


def count_right(asked: Iterable[Question], choices: Mapping[str, int]) -> int:
    """Return the number of right answers."""
    return sum(question.is_right(choices.get(question.misconception)) for question in asked)


def normalised_gain(before: int, after: int, total: int) -> float | None:
    """Return the normalised gain (Hake 1998): the learned share of what was not known before.

    None if everything was known before, or if there were no questions.
    """
    return (after - before) / (total - before) if before < total else None
