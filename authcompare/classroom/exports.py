"""What a class has answered, for whoever wants to look into it: as CSV and as JSON, under pseudonyms.

No nickname, no code, no moment of the day: learners are L01, L02, ... in random order, and times are seconds since the
class was opened.
"""

import csv
import io
import json

from django.conf import settings
from django.utils.crypto import salted_hmac

from authcompare.classroom.vote_results import gained, ideas, percent, votes
from authcompare.learning.lessons import step, steps
from authcompare.learning.models import Prediction, Run
from authcompare.learning.questions import questions

ROUNDS = {
    Prediction.PRE: "pre-test",
    Prediction.FIRST: "first vote",
    Prediction.SECOND: "second vote",
    Prediction.LATE: "after the votes",
    Prediction.POST: "post-test",
}
TESTS = {Prediction.PRE: "pre", Prediction.POST: "post"}
LANGUAGE = settings.LANGUAGE_CODE  # what is right is so in every language


def pseudonyms(classroom):
    """{learner: "L01"}: in an order that nobody without the server's secret can tell, and the same in each file."""
    keys = sorted(
        classroom.learners.values_list("pk", flat=True),
        key=lambda pk: salted_hmac("authcompare.classroom.exports", f"{classroom.code} {pk}").digest(),
    )
    width = max(2, len(str(len(keys))))
    return {pk: f"L{n:0{width}}" for n, pk in enumerate(keys, 1)}


def right_ones(slug, round):
    """{item: what is right}: the doors of a step, or the questions of a test."""
    if round in TESTS:
        return {each.misconception: each.right for each in questions(TESTS[round], LANGUAGE)}
    found = step(slug, LANGUAGE)
    return {door.key: found.experiment.expected(door) for door in found.doors} if found else {}


def answers(classroom, called):
    """Each choice that was made: at a door of a step, or in a question of a test (options count from 1)."""
    rows = Prediction.objects.filter(learner__classroom=classroom).order_by("at")
    for answer in rows:
        known = right_ones(answer.step, answer.round)
        for item, chosen in answer.choices.items():
            yield {
                "learner": called[answer.learner_id],
                "step": answer.step,
                "round": ROUNDS[answer.round],
                "item": item,
                "chosen": chosen + 1 if answer.round in TESTS else chosen,
                "right": known[item] == chosen if item in known else None,
                "confidence": answer.confidence,
                "seconds": seconds(classroom, answer.at),
            }


def runs(classroom, called):
    """Each outcome that was observed."""
    for run in Run.objects.filter(learner__classroom=classroom).order_by("at"):
        for item, outcome in run.outcomes.items():
            yield {
                "learner": called[run.learner_id],
                "step": run.step,
                "item": item,
                "observed": outcome,
                "seconds": seconds(classroom, run.at),
            }


def tallies(classroom):
    """Each vote that was closed: how many took part, the share of right choices, and what the second one gained."""
    for each in steps(LANGUAGE):
        held = votes(classroom, each) if each.doors else []
        for vote in held:
            yield {
                "step": each.slug,
                "round": ROUNDS[vote.round],
                "voted": vote.voted,
                "percent_right": vote.share,
                "gain": rounded(gained(*held)) if len(held) == 2 and vote is held[1] else None,
            }


def misconceptions(classroom):
    """What was gained from the pre-test to the post-test, of those who took both."""
    for idea in ideas(classroom, LANGUAGE):
        yield {
            "misconception": idea.misconception,
            "before": idea.before,
            "after": idea.after,
            "of": idea.of,
            "percent_before": percent(idea.before, idea.of),
            "percent_after": percent(idea.after, idea.of),
            "gain": rounded(idea.gain),
        }


def seconds(classroom, at):
    return round((at - classroom.created_at).total_seconds())


def rounded(gain):
    return None if gain is None else round(gain, 3)


def records(classroom):
    """{kind: [record, ...]}."""
    called = pseudonyms(classroom)
    return {
        "answers": list(answers(classroom, called)),
        "runs": list(runs(classroom, called)),
        "votes": list(tallies(classroom)),
        "misconceptions": list(misconceptions(classroom)),
    }


def as_json(classroom):
    about = {"plan": classroom.plan, "learners": classroom.learners.count()}
    return json.dumps(about | records(classroom), ensure_ascii=False, indent=1)


def as_csv(classroom):
    """All records in one table; its first column says which kind."""
    rows = [{"record": kind.removesuffix("s")} | row for kind, found in records(classroom).items() for row in found]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


KINDS = {"csv": ("text/csv; charset=utf-8", as_csv), "json": ("application/json", as_json)}
