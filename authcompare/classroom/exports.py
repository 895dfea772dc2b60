"""The export of a class as CSV and JSON, under pseudonyms.

It contains no nickname, no code and no time of day: learners are L01, L02, ... in random order, and times are seconds
since the class was opened.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from authcompare.classroom.vote_results import is_right, misconception_gains, percent, visible_votes, vote_gain
from authcompare.learning.lessons import find_step, steps
from authcompare.learning.models import Classroom, Prediction, Run
from authcompare.learning.questions import TEST_ROUNDS, questions

ROUNDS = {
    Prediction.PRE: "pre-test",
    Prediction.FIRST: "first vote",
    Prediction.SECOND: "second vote",
    Prediction.LATE: "after the votes",
    Prediction.POST: "post-test",
}
TESTS = {number: test for test, number in TEST_ROUNDS.items()}
LANGUAGE = settings.LANGUAGE_CODE  # the right answers are the same in every language


def pseudonyms(classroom: Classroom) -> dict[int, str]:
    """Return {learner id: "L01"}: the same in every file, in an order that only the server's secret reveals."""
    keys = sorted(
        classroom.learners.values_list("pk", flat=True),
        key=lambda pk: salted_hmac("authcompare.classroom.exports", f"{classroom.code} {pk}").digest(),
    )
    width = max(2, len(str(len(keys))))
    return {pk: f"L{n:0{width}}" for n, pk in enumerate(keys, 1)}


def judged_choices(prediction: Prediction) -> dict[str, bool]:
    """Return {item: right} for the known items of a prediction: variant keys, or misconceptions of a test."""
    choices = prediction.choices
    if prediction.round in TESTS:
        asked = questions(TESTS[prediction.round], LANGUAGE)
        return {each.misconception: each.is_right(choices.get(each.misconception)) for each in asked}
    step = find_step(prediction.step, LANGUAGE)
    variants = step.variants if step else []
    return {each.key: is_right(step, each, choices[each.key]) for each in variants if each.key in choices}


def answer_records(classroom: Classroom, names: dict[int, str]) -> Iterator[dict]:
    """Yield a record for each choice: at a variant of a step, or in a question of a test (options count from 1)."""
    for prediction in Prediction.objects.filter(learner__classroom=classroom).order_by("at"):
        judged = judged_choices(prediction)
        for item, choice in prediction.choices.items():
            yield {
                "learner": names[prediction.learner_id],
                "step": prediction.step,
                "round": ROUNDS[prediction.round],
                "item": item,
                "chosen": choice + 1 if prediction.round in TESTS else choice,
                "right": judged.get(item),
                "confidence": prediction.confidence,
                "seconds": seconds_since_opening(classroom, prediction.at),
            }


def run_records(classroom: Classroom, names: dict[int, str]) -> Iterator[dict]:
    """Yield a record for each observed outcome."""
    for run in Run.objects.filter(learner__classroom=classroom).order_by("at"):
        for item, outcome in run.outcomes.items():
            yield {
                "learner": names[run.learner_id],
                "step": run.step,
                "item": item,
                "observed": outcome,
                "seconds": seconds_since_opening(classroom, run.at),
            }


def vote_records(classroom: Classroom) -> Iterator[dict]:
    """Yield a record for each closed vote; the second one has the gain."""
    for step in steps(LANGUAGE):
        votes = visible_votes(classroom, step) if step.variants else []
        for vote in votes:
            yield {
                "step": step.slug,
                "round": ROUNDS[vote.round],
                "voted": vote.voters,
                "percent_right": vote.share,
                "gain": round_gain(vote_gain(*votes)) if len(votes) == 2 and vote is votes[1] else None,
            }


def misconception_records(classroom: Classroom) -> Iterator[dict]:
    """Yield a record for each misconception: the gain between the tests, of the learners who took both."""
    for each in misconception_gains(classroom, LANGUAGE):
        yield {
            "misconception": each.misconception,
            "before": each.before,
            "after": each.after,
            "of": each.of,
            "percent_before": percent(each.before, each.of),
            "percent_after": percent(each.after, each.of),
            "gain": round_gain(each.gain),
        }


def seconds_since_opening(classroom: Classroom, time: datetime) -> int:
    return round((time - classroom.created_at).total_seconds())


def round_gain(gain: float | None) -> float | None:
    return None if gain is None else round(gain, 3)


def all_records(classroom: Classroom) -> dict[str, list[dict]]:
    """Return the records of each kind."""
    names = pseudonyms(classroom)
    return {
        "answers": list(answer_records(classroom, names)),
        "runs": list(run_records(classroom, names)),
        "votes": list(vote_records(classroom)),
        "misconceptions": list(misconception_records(classroom)),
    }


def to_json(classroom: Classroom) -> str:
    """Return the export as JSON."""
    about = {"plan": classroom.plan, "learners": classroom.learners.count()}
    return json.dumps(about | all_records(classroom), ensure_ascii=False, indent=1)


def to_csv(classroom: Classroom) -> str:
    """Return all records in one table; the first column is the kind of record."""
    rows = [
        {"record": kind.removesuffix("s")} | record
        for kind, records in all_records(classroom).items()
        for record in records
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


KINDS = {"csv": ("text/csv; charset=utf-8", to_csv), "json": ("application/json", to_json)}
