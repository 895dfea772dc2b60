"""The comparison: every verdict rests on observations that an experiment can make, and is checked against them."""

import csv
import io
import json
import re
from collections import Counter
from itertools import product

import pytest
from django.conf import settings as current
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.comparison.markdown import as_markdown
from authcompare.comparison.questions import ALWAYS, QUESTIONS
from authcompare.comparison.recommender import Advice
from authcompare.comparison.statements import ARTICLE_STATEMENTS, FURTHER_STATEMENTS
from authcompare.comparison.table import Comparison
from authcompare.comparison.verdicts import find_any_variant
from authcompare.experiments.base import Observation
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import run, store
from authcompare.experiments.topics import TOPICS
from authcompare.experiments.trial import DIFFERS, IN_BROWSER, OPEN, SEEN, Trial, plan
from authcompare.mechanisms.registry import mechanisms, variants

VERDICTS = [(each, verdict) for each in [*ARTICLE_STATEMENTS, *FURTHER_STATEMENTS] for verdict in each.verdicts]
REQUIREMENTS = [requirement for _statement, verdict in VERDICTS for requirement in verdict.requirements]


def name_of(statement):
    return f"{statement.topic}-{statement.mechanism}".strip("-")


def complete():
    """Return observations of everything, exactly as promised."""
    return {trial.key: Observation(trial.expected) for trial in plan(all_experiments())}


def without_browser():
    return {key: each for key, each in complete().items() if not find_experiment(key[0]).browser}


@pytest.fixture
def everything_observed(db):
    """Store the same as evidence of this server."""
    for (slug, key), each in without_browser().items():
        mechanism, variant = key.split(" ")
        Evidence.objects.create(
            experiment=slug, mechanism=mechanism, variant=variant, expected=each.outcome, outcome=each.outcome
        )


def states(comparison):
    """Return {(topic, mechanism, verdict): state}."""
    cells = [*comparison.from_article, *comparison.further]
    return {(c.statement.topic, c.statement.mechanism, each.name): each.state for c in cells for each in c.verdicts}


# ---- the statements and their requirements


def test_all_21_statements_of_the_article_are_there():
    topics = [topic.slug for topic in TOPICS if not topic.ours]
    assert len(topics) == 7
    assert Counter((each.topic, each.mechanism) for each in ARTICLE_STATEMENTS) == Counter(
        product(topics, ["session", "cookie", "token"])
    )


@pytest.mark.parametrize(("statement", "verdict"), VERDICTS, ids=[name_of(each) for each, _verdict in VERDICTS])
def test_a_verdict_rests_on_observations_that_an_experiment_makes(statement, verdict):
    assert verdict.requirements
    assert len(set(verdict.requirements)) == len(verdict.requirements)
    for requirement in verdict.requirements:
        experiment, variant = find_experiment(requirement.experiment), find_any_variant(requirement.variant)
        assert experiment, f"there is no experiment {requirement.experiment}"
        assert variant, f"there is no variant {requirement.variant}"
        assert experiment.concerns(variant)
        assert experiment.expected(variant) == requirement.outcome, "no variant may promise the opposite"
        assert experiment.sources


def test_a_statement_is_short_enough_for_a_projector():
    assert max(len(str(each.text)) for each in ARTICLE_STATEMENTS) <= 65
    assert max(len(str(verdict.why)) for each, verdict in VERDICTS if each.mechanism) <= 150


# ---- the state of a verdict


def test_a_verdict_is_supported_after_all_its_observations():
    assert set(states(Comparison(complete())).values()) == {SEEN}


def test_without_observations_no_verdict_is_supported():
    found = states(Comparison({}))
    assert len(found) == len(VERDICTS)
    assert set(found.values()) == {OPEN, IN_BROWSER}
    assert Comparison({}).verdicts[0].state == OPEN


def test_only_verdicts_that_need_a_browser_wait_for_one():
    found = states(Comparison(without_browser()))
    needs_browser = {
        (statement.topic, statement.mechanism, verdict.verdict)
        for statement, verdict in VERDICTS
        if any(find_experiment(each.experiment).browser for each in verdict.requirements)
    }
    assert {key for key, state in found.items() if state == IN_BROWSER} == needs_browser
    assert set(found.values()) == {SEEN, IN_BROWSER}


@pytest.mark.parametrize(
    "requirement",
    sorted(set(REQUIREMENTS), key=str),
    ids=lambda each: f"{each.experiment}-{each.variant}".replace(" ", "-"),
)
def test_a_contradiction_changes_exactly_the_verdicts_that_rest_on_it(requirement):
    observed = complete() | {(requirement.experiment, requirement.variant): Observation("something else")}
    found = states(Comparison(observed))
    resting = {(each.topic, each.mechanism, v.verdict) for each, v in VERDICTS if requirement in v.requirements}
    assert {key for key, state in found.items() if state == DIFFERS} == resting
    assert {state for key, state in found.items() if key not in resting} == {SEEN}


# ---- additional topics


def test_each_additional_topic_has_observations_for_each_mechanism():
    for extra in Comparison(complete()).extra_topics:
        assert extra.lines, f"no experiment belongs to {extra.topic}"
        for at, mechanism in enumerate(mechanisms()):
            cells = [line.cells[at] for line in extra.lines if line.cells[at]]
            assert cells, f"{extra.topic} has no observation of {mechanism.title}"
            assert all(group.first.observed for cell in cells for group in cell.groups)


def test_every_variant_is_in_exactly_one_group_of_a_cell():
    for observed in ({}, complete()):
        for cell in all_cells(observed):
            grouped = [variant for group in cell.groups for variant in group.variants]
            experiment = cell.trials[0].experiment
            assert sorted(map(id, grouped)) == sorted(
                map(id, filter(experiment.concerns, cell.mechanism.available_variants))
            )


def test_a_variant_that_breaks_its_promise_is_a_group_of_its_own():
    observed = complete() | {("tamper", "token default"): Observation("let in")}
    groups = [group for cell in all_cells(observed) for group in cell.groups]
    (broken,) = [group for group in groups if group.first.state == DIFFERS]
    assert [trial.key for trial in broken.trials] == [("tamper", "token default")]
    assert broken.first.mark == "differs"


def test_a_mark_says_how_an_attack_ended():
    marks = {trial.key: trial.mark for cell in all_cells(complete()) for trial in cell.trials}
    assert marks["tamper", "cookie plain"] == "succeeds"
    assert marks["tamper", "cookie signed"] == "fails"
    assert marks["read-it", "cookie signed"] == "plain"


def test_quantities_are_drawn_from_the_least_to_the_most_on_one_scale(db):
    observed = {}
    for n, variant in enumerate(variants(), start=1):
        outcome = find_experiment("cost").expected(variant)
        observed["cost", variant.key] = Observation(outcome, [("bytes", n), ("what", "words")])
    (figure,) = next(extra.figures for extra in Comparison(observed).extra_topics if extra.topic.slug == "cost")
    ends = [ends for _mechanism, ends in figure.bars]
    assert figure.label == "bytes"
    assert [end[0] for end in ends] == [1, *(end[1] + 1 for end in ends[:-1])]
    assert ends[-1][3] == 100
    assert all(0 < least <= most for _least, _most, least, most in ends)


def all_cells(observed):
    return [cell for extra in Comparison(observed).extra_topics for line in extra.lines for cell in line.cells if cell]


# ---- the page


def page(**parameters):
    response = Browser().get("/comparison/", parameters, headers={"Host": "localhost"})
    assert response.status_code == 200
    return response


def states_in(html):
    """Return the state of every verdict on the page, in order."""
    return re.findall(r'<div class="finding" data-verdict="\w+" data-state="(\w+)"', html)


def test_the_page_shows_every_statement_with_its_verdict_and_links_to_its_experiments(everything_observed):
    html = page().content.decode()
    assert len(states_in(html)) == len(VERDICTS)
    for topic in TOPICS:
        assert f'id="{topic.slug}"' in html
    for each in REQUIREMENTS:
        assert f'data-experiment="{each.experiment}" data-door="{each.variant}"' in html
        assert f'<a href="/experiments/{each.experiment}/">' in html


def test_before_the_first_run_the_page_says_so_and_links_to_the_experiments(db):
    html = page().content.decode()
    assert set(states_in(html)) == {"open", "browser"}
    assert '<span>not run yet</span> <a href="/experiments/where-it-lives/">Run it</a>' in html
    assert '<a class="button main-action" href="/experiments/">' in html


def test_an_observation_that_differs_changes_only_the_verdicts_that_rest_on_it(everything_observed):
    before = states_in(page().content.decode())
    assert "differs" not in before
    Evidence.objects.filter(experiment="replay-after-logout", variant="revocable").update(outcome="let in")
    html = page().content.decode()
    after = states_in(html)
    changed = [i for i, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    resting = [
        i
        for i, (_statement, verdict) in enumerate(VERDICTS)
        if ("replay-after-logout", "token revocable") in {(p.experiment, p.variant) for p in verdict.requirements}
    ]
    assert changed == resting
    assert [after[i] for i in changed] == ["differs"]
    assert "contradicted by observations" in html
    assert html.count('data-mark="differs"') == 2, "one cell, and the legend"
    assert "The verdict needs:" in html


def test_an_experiment_run_over_the_api_is_evidence_on_the_page(db):
    with Client() as client:
        client.get("/api/")
        body = {"experiment": "where-it-lives", "mechanism": "cookie", "variant": "plain"}
        client.post(
            "/lab/api/run/", json=body, headers={CSRF_HEADER: client.cookies[current.CSRF_COOKIE_NAME]}
        ).raise_for_status()
        html = client.get("/comparison/", headers={"Accept": "text/html"}).text
    (shown,) = re.findall(r'data-door="cookie plain"\s+data-needed="all of it here".*?</details>', html, re.DOTALL)
    assert "Your browser stores everything" in shown
    assert "characters in your browser" in shown
    assert "seen on this server" in shown


def test_a_broken_promise_contradicts_the_statement_that_rests_on_it(db, monkeypatch):
    broken = find_any_variant("session db")
    monkeypatch.setattr(type(broken), "sign_out", lambda self, request, response: None)
    store(run(Trial(find_experiment("replay-after-logout"), broken)))
    found = dict(zip([name_of(each) for each, _verdict in VERDICTS], states_in(page().content.decode()), strict=False))
    assert found["state-session"] == "differs"
    assert Counter(states_in(page().content.decode()))["differs"] == 2


def test_the_page_asks_the_database_once(everything_observed, django_assert_num_queries):
    with django_assert_num_queries(1):
        page()
    with django_assert_num_queries(1):
        page(end="at-once", servers="apart")


def test_outside_the_lab_the_page_is_there_and_says_what_is_missing(everything_observed, outside_the_lab):
    html = page().content.decode()
    assert len(states_in(html)) == len(VERDICTS)
    assert "here the lab is off" in html
    assert "/experiments/" not in re.sub(r"#.*?\"", "", html.split("<main")[1].split("<footer")[0])


def test_a_fourth_mechanism_gets_a_column_without_a_line_of_code(db, project):
    project(MECHANISMS=[*current.MECHANISMS, "tests.mechanisms.fourth.TicketMechanism"])
    ticket = find_any_variant("ticket signed")
    for slug in ("tamper", "cost"):
        store(run(Trial(find_experiment(slug), ticket)))
    html = page().content.decode()
    assert html.count("The article says nothing about this mechanism.") == 7
    column = re.findall(r'<td data-shape="triangle" data-mechanism="ticket".*?</td>', html, re.DOTALL)
    assert len(column) > 7 + len([topic for topic in TOPICS if topic.ours])
    assert any("the server notices every change" in cell for cell in column)
    assert "Ticket" in as_markdown(Comparison({}))


def test_without_a_mechanism_its_statements_and_its_observations_are_gone(db, project):
    project(MECHANISMS=current.MECHANISMS[:2])
    assert len(Comparison({}).from_article) == 14
    html = page().content.decode()
    assert 'data-door="token' not in html


# ---- downloads


@pytest.mark.parametrize(
    ("format", "kind"), [("md", "text/markdown"), ("csv", "text/csv"), ("json", "application/json")]
)
def test_a_download_has_a_name_and_a_kind(db, format, kind):
    answer = page(format=format)
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="authcompare-comparison.{format}"'


def test_an_unknown_format_is_not_found(db):
    for wanted in ("pdf", "", "../md"):
        assert Browser().get("/comparison/", {"format": wanted}, headers={"Host": "localhost"}).status_code == 404


def test_all_exports_say_what_the_page_says(everything_observed):
    Evidence.objects.filter(experiment="expiry", mechanism="cookie", variant="signed").update(outcome="let in")
    html = page().content.decode()
    content = json.loads(page(format="json").content)
    lines = list(csv.DictReader(io.StringIO(page(format="csv").content.decode(), newline="")))
    text = page(format="md").content.decode()
    in_json = [finding for claim in content["claims"] + content["statements"] for finding in claim["findings"]]
    shown = states_in(html)
    assert [finding["state"] for finding in in_json] == shown
    rows = [line for line in lines if line["claim"]]
    assert Counter((line["row"], line["mechanism"], line["verdict"], line["state"]) for line in rows) == Counter(
        (claim["row"], claim["mechanism"], finding["verdict"], finding["state"])
        for claim in content["claims"] + content["statements"]
        for finding in claim["findings"]
        for _piece in finding["evidence"]
    )
    observations = [piece for line in content["observations"] for piece in line["evidence"]]
    assert len(lines) == len(rows) + len(observations)
    for statement, verdict in VERDICTS:
        assert str(statement.text) in text
        assert str(verdict.why) in text
    assert text.count("contradicted by observations") == shown.count("differs") + 1
    assert "needs a browser: open /experiments/steal-by-script/" in text


# ---- the command


def test_the_command_writes_the_comparison_of_its_own_run(db, server, tmp_path):
    file = tmp_path / "comparison.json"
    call_command("compare", url=server, only=["read-it"], comparison=True, format="json", output=str(file))
    content = json.loads(file.read_text())
    seen = {
        piece["observation"]
        for claim in content["claims"]
        for finding in claim["findings"]
        for piece in finding["evidence"]
        if piece["experiment"] == "read-it"
    }
    assert seen == {"seen"}
    assert not Evidence.objects.exists(), "a run of the command is not this server's evidence"
    call_command("compare", url=server, only=["read-it"], comparison=True, stdout=(out := io.StringIO()))
    assert out.getvalue().startswith("# Statements and observations")


def test_the_command_refuses_a_format_that_the_comparison_does_not_have():
    with pytest.raises(CommandError, match="the formats of the comparison are csv, json, markdown"):
        call_command("compare", comparison=True, format="html")


# ---- the recommender

NONE = {question.slug: "" for question in QUESTIONS}
EVERY = [
    dict(zip(NONE, chosen, strict=True))
    for chosen in product(*(["", *(option.slug for option in question.options)] for question in QUESTIONS))
]


def best(**asked):
    return Advice(asked, complete()).best


def test_every_need_has_an_experiment_that_agrees_with_its_rule():
    needs = [*ALWAYS, *(need for question in QUESTIONS for option in question.options for need in option.needs)]
    for need in needs:
        tried = find_experiment(need.experiment)
        outcomes = {True: set(), False: set()}
        for variant in variants():
            if tried.concerns(variant) and not variant.lab:
                outcomes[need.is_met(variant)].add(tried.expected(variant))
        assert outcomes[True], f"{need.text}: no door"
        assert not outcomes[True] & outcomes[False], f"{need.text}: its experiment cannot tell them apart"


def test_each_question_has_an_option_with_needs():
    for question in QUESTIONS:
        assert len(question.options) >= 2
        assert any(option.needs for option in question.options)


def test_the_recommendation_is_never_weak_and_never_beaten():
    for asked in EVERY:
        advice = Advice(asked, {})
        assert not any(candidate.variant.lab for candidate in advice.candidates)
        assert advice.best.rank == min(candidate.rank for candidate in advice.candidates)


def test_the_recommendation_meets_the_needs():
    ended = best(clients="browser", end="at-once")
    assert ended.variant.promises.ends_at_sign_out
    assert not ended.variant.transport.readable
    assert not ended.unmet
    many = best(clients="many", end="at-once")
    assert not many.variant.transport.sent_automatically
    assert many.variant.promises.ends_at_sign_out
    apart = best(servers="apart")
    assert "database" not in apart.variant.promises.shared_needs
    assert not best(readers="nobody").variant.promises.reveals_user
    assert not best(scripts="others").variant.transport.readable
    assert best(rights="at-once").variant.promises.follows_role_change


def test_when_nothing_meets_everything_the_answer_says_so(everything_observed):
    html = page(servers="apart", end="at-once").content.decode()
    assert "No door meets all your needs. This one comes closest:" in html
    assert 'data-met="false"' in html.split('class="best"')[1].split("</article>")[0]
    assert "This door meets all your needs:" in page(servers="apart").content.decode()


def test_a_reason_shows_what_was_observed(everything_observed):
    html = page(clients="many", end="at-once").content.decode().split('class="advice"')[1]
    assert re.search(r'Replay after sign-out</a>:\s+<span class="seen">“The server refuses', html)
    assert "NOT as expected" not in html
    Evidence.objects.filter(experiment="replay-after-logout", variant="revocable").update(outcome="let in")
    html = page(clients="many", end="at-once").content.decode().split('class="advice"')[1]
    assert "NOT as expected:" in html


def test_a_reason_without_an_observation_says_so(db):
    html = page(end="at-once").content.decode().split('class="advice"')[1]
    assert '<span class="seen">not run yet</span>' in html


def test_the_answer_comes_with_the_settings_of_that_door_and_the_answers_stay_chosen(db):
    html = page(servers="apart").content.decode()
    assert "JWTStatelessUserAuthentication" in re.sub(r"<[^>]+>", "", html.split('id="recipe"')[1].split("</pre>")[0])
    assert '<input type="radio" name="servers" value="apart" checked>' in html
    assert html.count(" checked>") == 1


def test_without_an_answer_or_with_nonsense_there_is_no_advice(db):
    for asked in ({}, {"servers": "nonsense"}, {"nonsense": "apart"}, {"servers": ""}):
        html = page(**asked).content.decode()
        assert 'class="advice"' not in html
        assert " checked>" not in html


def test_evidence_of_an_unknown_experiment_or_variant_does_no_harm(db):
    Evidence.objects.create(experiment="gone", mechanism="session", variant="db", expected="x", outcome="y")
    Evidence.objects.create(experiment="tamper", mechanism="gone", variant="gone", expected="x", outcome="y")
    assert "differs" not in states_in(page().content.decode())
