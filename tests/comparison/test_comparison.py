"""The comparison: every verdict rests on evidence that can be had, and is worth what was seen of it."""

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
from authcompare.comparison.evidence import DIFFERS, IN_BROWSER, OPEN, SEEN, Seen, door
from authcompare.comparison.markdown import as_markdown
from authcompare.comparison.questions import ALWAYS, QUESTIONS
from authcompare.comparison.recommender import Advice
from authcompare.comparison.statements import CLAIMS, STATEMENTS
from authcompare.comparison.table import Comparison
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import Cell, keep, observe, plan
from authcompare.experiments.topics import ROWS
from authcompare.mechanisms.registry import mechanisms, variants

FINDINGS = [(claim, finding) for claim in [*CLAIMS, *STATEMENTS] for finding in claim.findings]
PIECES = [piece for _claim, finding in FINDINGS for piece in finding.evidence]
OF_SERVER = [piece for piece in PIECES if not find_experiment(piece.slug).browser]


def name_of(claim):
    return f"{claim.row}-{claim.mechanism}".strip("-")


def complete():
    """A book in which everything was seen, exactly as promised."""
    return {(cell.experiment.slug, cell.door): Seen(cell.expected) for cell in plan(all_experiments())}


def without_browser():
    return {key: seen for key, seen in complete().items() if not find_experiment(key[0]).browser}


@pytest.fixture
def everything_seen(db):
    """The same, as this server keeps it."""
    for (slug, where), seen in without_browser().items():
        mechanism, variant = where.split(" ")
        Evidence.objects.create(
            experiment=slug, mechanism=mechanism, variant=variant, expected=seen.outcome, outcome=seen.outcome
        )


def states(comparison):
    """{(row, mechanism, verdict): state}"""
    cells = [*comparison.claimed, *comparison.statements]
    return {(c.claim.row, c.claim.mechanism, held.verdict): held.state for c in cells for held in c.findings}


# ---- the claims and their evidence


def test_all_21_claims_of_the_article_are_there():
    rows = [row.slug for row in ROWS if not row.ours]
    assert len(rows) == 7
    assert Counter((claim.row, claim.mechanism) for claim in CLAIMS) == Counter(
        product(rows, ["session", "cookie", "token"])
    )


@pytest.mark.parametrize(("claim", "finding"), FINDINGS, ids=[name_of(claim) for claim, _finding in FINDINGS])
def test_a_verdict_rests_on_evidence_that_can_be_had(claim, finding):
    assert finding.evidence
    assert len(set(finding.evidence)) == len(finding.evidence)
    for piece in finding.evidence:
        tried, where = find_experiment(piece.slug), door(piece.door)
        assert tried, f"there is no experiment {piece.slug}"
        assert where, f"there is no door {piece.door}"
        assert tried.concerns(where)
        assert tried.expected(where) == piece.needed, "a claim can not rest on what does not hold"
        assert tried.sources


def test_a_claim_is_short_enough_to_be_read_from_afar():
    assert max(len(str(claim.said)) for claim in CLAIMS) <= 65
    assert max(len(str(finding.why)) for claim, finding in FINDINGS if claim.mechanism) <= 150


# ---- what a verdict is worth


def test_a_verdict_holds_once_all_its_evidence_was_seen():
    assert set(states(Comparison(complete())).values()) == {SEEN}


def test_without_evidence_no_verdict_holds():
    found = states(Comparison({}))
    assert len(found) == len(FINDINGS)
    assert set(found.values()) == {OPEN, IN_BROWSER}
    assert Comparison({}).claimed[0].state == OPEN


def test_what_only_a_browser_shows_is_waited_for_and_nothing_else():
    found = states(Comparison(without_browser()))
    needs_browser = {
        (claim.row, claim.mechanism, finding.verdict)
        for claim, finding in FINDINGS
        if any(find_experiment(piece.slug).browser for piece in finding.evidence)
    }
    assert {key for key, state in found.items() if state == IN_BROWSER} == needs_browser
    assert set(found.values()) == {SEEN, IN_BROWSER}


@pytest.mark.parametrize("piece", sorted(set(PIECES), key=str), ids=lambda p: f"{p.slug}-{p.door}".replace(" ", "-"))
def test_a_contradiction_turns_exactly_the_verdicts_that_rest_on_it(piece):
    book = complete() | {(piece.slug, piece.door): Seen("something else")}
    found = states(Comparison(book))
    resting = {(c.row, c.mechanism, f.verdict) for c, f in FINDINGS if piece in f.evidence}
    assert {key for key, state in found.items() if state == DIFFERS} == resting
    assert {state for key, state in found.items() if key not in resting} == {SEEN}


# ---- our rows


def test_each_of_our_rows_has_a_cell_for_each_mechanism_and_evidence_in_it():
    for ours in Comparison(complete()).ours:
        assert ours.lines, f"no experiment bears on {ours.row}"
        for at, mechanism in enumerate(mechanisms()):
            cells = [line.cells[at] for line in ours.lines if line.cells[at]]
            assert cells, f"nothing was observed of {mechanism.title} for {ours.row}"
            assert all(group.outcome for cell in cells for group in cell.groups)


def test_every_door_is_in_exactly_one_group_of_a_cell():
    for book in ({}, complete()):
        for cell in all_cells(book):
            doors = [door for group in cell.groups for door in group.doors]
            assert sorted(map(id, doors)) == sorted(
                map(id, [v for v in cell.mechanism.available_variants if v in doors])
            )
            assert len(doors) == sum(cell.experiment.concerns(v) for v in cell.mechanism.available_variants)


def test_a_door_that_breaks_its_promise_is_a_group_of_its_own():
    book = complete() | {("tamper", "token default"): Seen("let in")}
    broken = [(cell, group) for cell in all_cells(book) for group in cell.groups if group.state == DIFFERS]
    ((cell, group),) = broken
    assert (cell.experiment.slug, [door.slug for door in group.doors], group.mood) == ("tamper", ["default"], "differs")


def test_a_mark_tells_how_an_attack_went():
    moods = {
        (cell.experiment.slug, door.mechanism.name, door.slug): group.mood
        for cell in all_cells(complete())
        for group in cell.groups
        for door in group.doors
    }
    assert moods["tamper", "cookie", "plain"] == "succeeds"
    assert moods["tamper", "cookie", "signed"] == "fails"
    assert moods["read-it", "cookie", "signed"] == "plain"


def test_quantities_are_drawn_from_the_least_to_the_most_on_one_scale(db):
    book = {}
    for n, variant in enumerate(variants(), start=1):
        name = f"{variant.mechanism.name} {variant.slug}"
        book["cost", name] = Seen(find_experiment("cost").expected(variant), [("bytes", n), ("what", "words")])
    (figure,) = next(ours.figures for ours in Comparison(book).ours if ours.row.slug == "cost")
    ends = [ends for _mechanism, ends in figure.bars]
    assert figure.what == "bytes"
    assert [end[0] for end in ends] == [1, *(end[1] + 1 for end in ends[:-1])]
    assert ends[-1][3] == 100
    assert all(0 < least <= most for _least, _most, least, most in ends)


def all_cells(book):
    return [cell for ours in Comparison(book).ours for line in ours.lines for cell in line.cells if cell]


# ---- the page


def page(**parameters):
    response = Browser().get("/comparison/", parameters, headers={"Host": "localhost"})
    assert response.status_code == 200
    return response


def findings_in(html):
    """The state of every finding on the page, in order."""
    return re.findall(r'<div class="finding" data-verdict="\w+" data-state="(\w+)"', html)


def test_the_page_shows_every_claim_with_its_verdict_and_links_to_its_evidence(everything_seen):
    html = page().content.decode()
    assert len(findings_in(html)) == len(FINDINGS)
    for row in ROWS:
        assert f'id="{row.slug}"' in html
    for piece in PIECES:
        assert f'data-experiment="{piece.slug}" data-door="{piece.door}"' in html
        assert f'<a href="/experiments/{piece.slug}/">' in html


def test_before_anything_was_run_the_page_says_so_and_links_to_the_run(db):
    html = page().content.decode()
    assert set(findings_in(html)) == {"open", "browser"}
    assert '<span>not run yet</span> <a href="/experiments/where-it-lives/">Run it</a>' in html
    assert html.count('<a href="/experiments/where-it-lives/">Run it</a>') >= 3
    assert '<a class="button main-action" href="/experiments/">' in html


def test_one_observation_that_differs_is_loud_where_it_counts_and_nowhere_else(everything_seen):
    before = findings_in(page().content.decode())
    assert "differs" not in before
    Evidence.objects.filter(experiment="replay-after-logout", variant="revocable").update(outcome="let in")
    html = page().content.decode()
    after = findings_in(html)
    changed = [i for i, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    resting = [
        i
        for i, (_claim, finding) in enumerate(FINDINGS)
        if ("replay-after-logout", "token revocable") in {(p.slug, p.door) for p in finding.evidence}
    ]
    assert changed == resting
    assert [after[i] for i in changed] == ["differs"]
    assert "contradicted by what was seen here" in html
    assert html.count('data-mood="differs"') == 2, "one cell of our rows, and the legend"
    assert "The verdict needs:" in html


def test_an_experiment_run_over_the_api_is_evidence_on_the_page(db):
    with Client() as client:
        client.get("/api/")
        wanted = {"experiment": "where-it-lives", "mechanism": "cookie", "variant": "plain"}
        client.post(
            "/lab/api/run/", json=wanted, headers={CSRF_HEADER: client.cookies[current.CSRF_COOKIE_NAME]}
        ).raise_for_status()
        html = client.get("/comparison/", headers={"Accept": "text/html"}).text
    assert html.count('data-door="cookie plain" data-needed="all of it here"') == 1
    piece = html.split('data-door="cookie plain" data-needed="all of it here"')[1].split("</details>")[0]
    assert "You hold all of it" in piece
    assert "characters you hold" in piece
    assert "seen here <time" in piece


def test_a_broken_promise_really_observed_contradicts_the_claim_that_rests_on_it(db, monkeypatch):
    broken = door("session db")
    monkeypatch.setattr(type(broken), "sign_out", lambda self, request, response: None)
    tried = find_experiment("replay-after-logout")
    keep(observe(Cell(tried, broken, tried.expected(broken))))
    found = dict(zip([name_of(c) for c, _f in FINDINGS], findings_in(page().content.decode()), strict=False))
    assert found["state-session"] == "differs"
    assert Counter(findings_in(page().content.decode()))["differs"] == 2


def test_the_page_asks_the_database_once(everything_seen, django_assert_num_queries):
    with django_assert_num_queries(1):
        page()
    with django_assert_num_queries(1):
        page(end="at-once", servers="apart")


def test_outside_the_lab_the_page_is_there_and_says_what_is_missing(everything_seen, outside_the_lab):
    html = page().content.decode()
    assert len(findings_in(html)) == len(FINDINGS)
    assert "here the lab is off" in html
    assert "/experiments/" not in re.sub(r"#.*?\"", "", html.split("<main")[1].split("<footer")[0])


def test_a_fourth_mechanism_gets_a_column_without_a_line_of_code(db, project):
    project(MECHANISMS=[*current.MECHANISMS, "tests.mechanisms.fourth.Ticket"])
    ticket = door("ticket tickets")
    for slug in ("tamper", "cost"):
        keep(observe(Cell(find_experiment(slug), ticket, find_experiment(slug).expected(ticket))))
    html = page().content.decode()
    assert html.count("The article says nothing of this one.") == 7
    column = re.findall(r'<td data-shape="triangle" data-mechanism="ticket".*?</td>', html, re.DOTALL)
    assert len(column) > 7 + len([row for row in ROWS if row.ours])
    assert any("every change is noticed" in cell for cell in column)
    assert "Ticket" in as_markdown(Comparison({}))


def test_without_a_mechanism_its_claims_and_its_evidence_are_gone(db, project):
    project(MECHANISMS=current.MECHANISMS[:2])
    assert len(Comparison({}).claimed) == 14
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


def test_all_exports_say_what_the_page_says(everything_seen):
    Evidence.objects.filter(experiment="expiry", mechanism="cookie", variant="signed").update(outcome="let in")
    html = page().content.decode()
    told = json.loads(page(format="json").content)
    lines = list(csv.DictReader(io.StringIO(page(format="csv").content.decode(), newline="")))
    text = page(format="md").content.decode()
    in_json = [finding for claim in told["claims"] + told["statements"] for finding in claim["findings"]]
    shown = findings_in(html)
    assert [finding["state"] for finding in in_json] == shown
    rows = [line for line in lines if line["claim"]]
    assert Counter((line["row"], line["mechanism"], line["verdict"], line["state"]) for line in rows) == Counter(
        (claim["row"], claim["mechanism"], finding["verdict"], finding["state"])
        for claim in told["claims"] + told["statements"]
        for finding in claim["findings"]
        for _piece in finding["evidence"]
    )
    observations = [piece for line in told["observations"] for piece in line["evidence"]]
    assert len(lines) == len(rows) + len(observations)
    for claim, finding in FINDINGS:
        assert str(claim.said) in text
        assert str(finding.why) in text
    assert text.count("contradicted by what was seen here") == shown.count("differs") + 1
    assert "seen in a browser: open /experiments/steal-by-script/" in text


# ---- the command


def test_the_command_writes_the_comparison_of_its_own_run(db, server, tmp_path):
    file = tmp_path / "comparison.json"
    call_command("compare", url=server, only=["read-it"], comparison=True, format="json", output=str(file))
    told = json.loads(file.read_text())
    seen = {
        piece["observation"]
        for claim in told["claims"]
        for finding in claim["findings"]
        for piece in finding["evidence"]
        if piece["experiment"] == "read-it"
    }
    assert seen == {"seen"}
    assert not Evidence.objects.exists(), "a run of the command is not this server's evidence"
    call_command("compare", url=server, only=["read-it"], comparison=True, stdout=(out := io.StringIO()))
    assert out.getvalue().startswith("# What is claimed, and what was observed")


def test_the_command_refuses_a_format_that_the_comparison_does_not_have():
    with pytest.raises(CommandError, match="the comparison is written as csv, json, markdown"):
        call_command("compare", comparison=True, format="html")


# ---- the decision helper

NONE = {question.slug: "" for question in QUESTIONS}
EVERY = [
    dict(zip(NONE, answers, strict=True))
    for answers in product(*(["", *(answer.slug for answer in question.answers)] for question in QUESTIONS))
]


def best(**asked):
    return Advice(asked, complete()).best


def test_every_need_is_held_by_an_experiment_that_agrees_with_the_rule():
    needs = [*ALWAYS, *(need for question in QUESTIONS for answer in question.answers for need in answer.needs)]
    for need in needs:
        tried = find_experiment(need.experiment)
        outcomes = {True: set(), False: set()}
        for variant in variants():
            if tried.concerns(variant) and not variant.lab:
                outcomes[need.met(variant)].add(tried.expected(variant))
        assert outcomes[True], f"{need.words}: no door"
        assert not outcomes[True] & outcomes[False], f"{need.words}: its experiment can not tell them apart"


def test_each_answer_but_the_easy_one_asks_for_something():
    for question in QUESTIONS:
        assert len(question.answers) >= 2
        assert any(answer.needs for answer in question.answers)


def test_the_recommendation_is_never_weak_and_never_beaten():
    for asked in EVERY:
        advice = Advice(asked, {})
        assert not any(candidate.variant.lab for candidate in advice.candidates)
        assert advice.best.rank == min(candidate.rank for candidate in advice.candidates)


def test_what_is_asked_for_is_what_is_recommended():
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


def test_when_nothing_meets_everything_the_answer_says_so(everything_seen):
    html = page(servers="apart", end="at-once").content.decode()
    assert "Nothing here meets all of it. This comes closest:" in html
    assert "<strong><span" in html.split('class="best"')[1].split("</article>")[0]
    assert "This meets all of it:" in page(servers="apart").content.decode()


def test_a_reason_is_drawn_from_what_was_seen(everything_seen):
    html = page(clients="many", end="at-once").content.decode().split('class="advice"')[1]
    assert (
        '<a href="/experiments/replay-after-logout/">Replay after sign-out</a>: <span class="seen">“A refusal' in html
    )
    assert "NOT as promised" not in html
    Evidence.objects.filter(experiment="replay-after-logout", variant="revocable").update(outcome="let in")
    html = page(clients="many", end="at-once").content.decode().split('class="advice"')[1]
    assert "NOT as promised:" in html


def test_a_reason_that_was_not_seen_yet_says_so(db):
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


def test_evidence_of_the_cast_is_not_needed_to_tell_that_a_door_is_gone(db):
    """Old evidence of a door or an experiment that is no more does not break the page."""
    Evidence.objects.create(experiment="gone", mechanism="session", variant="db", expected="x", outcome="y")
    Evidence.objects.create(experiment="tamper", mechanism="gone", variant="gone", expected="x", outcome="y")
    assert "differs" not in findings_in(page().content.decode())
