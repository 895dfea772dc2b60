"""The pages of the experiments, as the server renders them."""

import html
import json
import re

import pytest
from django.test import Client

from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.topics import TOPICS
from authcompare.experiments.trial import plan
from authcompare.experiments.views import MAX_FIRST_COLUMNS, first_columns
from authcompare.mechanisms.registry import mechanisms


@pytest.fixture
def read(client: Client, db):
    def read(address):
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return read


def config(page):
    return json.loads(re.search(r'<script id="config"[^>]*>(.*?)</script>', page)[1])


def marks(page):
    """Return {(experiment, variant key): mark} of the matrix."""
    found = {}
    for tried, line in re.findall(r'<tr data-experiment="([\w-]+)".*?>(.*?)</tr>', page, re.DOTALL):
        for door, mark in re.findall(r'<td data-door="(.*?)".*? data-mark="(\w+)"', line):
            found[tried, door] = mark
    return found


def observed(slug, key, outcome):
    mechanism, variant = key.split()
    Evidence.objects.create(
        experiment=slug, mechanism=mechanism, variant=variant, expected=outcome, outcome=outcome, facts=[]
    )


def test_the_matrix_has_every_experiment_at_every_variant_it_concerns_and_no_other(read):
    expected = {trial.key for trial in plan(all_experiments())}
    found = marks(read("/experiments/"))
    assert set(found) == expected
    browser = {tried.slug for tried in all_experiments() if tried.browser}
    assert {slug for (slug, _key), mark in found.items() if mark == "browser"} == browser
    assert set(found.values()) == {"open", "browser"}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_a_topic_limits_the_matrix_to_its_experiments(read, topic):
    found = marks(read(f"/experiments/?row={topic.slug}"))
    assert {slug for slug, _key in found} == {each.slug for each in all_experiments() if topic.slug in each.rows}


def test_an_unknown_topic_shows_all_experiments(read):
    assert len(marks(read("/experiments/?row=nonsense"))) == len(marks(read("/experiments/")))


def test_evidence_is_compared_with_the_current_promise(read):
    experiment = find_experiment("replay-after-logout")
    trials = plan([experiment])
    weak = next(trial for trial in trials if trial.is_weak)
    hardened = [trial for trial in trials if not trial.is_weak]
    observed(*weak.key, experiment.attack)
    observed(*hardened[0].key, hardened[0].expected)
    observed(*hardened[1].key, experiment.attack)  # stored as expected, but the variant does not promise it
    page = read("/experiments/")
    found = marks(page)
    assert found[weak.key] == "succeeds"
    assert found[hardened[0].key] == "fails"
    assert found[hardened[1].key] == "differs"
    assert f"NOT as expected: {experiment.text(experiment.attack)}" in page
    assert list(found.values()).count("open") == sum(not find_experiment(slug).browser for slug, _key in found) - 3


@pytest.mark.parametrize("slug", [tried.slug for tried in all_experiments()])
def test_each_page_asks_first_and_does_not_give_the_result_away(read, slug):
    experiment = find_experiment(slug)
    page = read(f"/experiments/{slug}/")
    given = config(page)
    assert set(given) == {"experiment", "title", "browser", "attack", "csrf", "prefs", "choices", "variants"}
    assert all(set(choice) == {"outcome", "text"} for choice in given["choices"])
    concerned = [trial.variant for trial in plan([experiment])]
    assert [variant["key"] for variant in given["variants"]] == [variant.key for variant in concerned]
    assert set(given["variants"][0]) == {
        "mechanism", "variant", "key", "title", "shape", "path", "header", "name", "ambient", "readable", "csrf",
        "storage",
    }  # fmt: skip
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    ideas = [str(choice.misconception) for choice in experiment.choices if choice.misconception]
    assert [idea for idea in ideas if idea in text] == []
    assert "data-expected" not in page
    assert "def expected(" not in text
    assert page.count('type="radio"') == len(concerned) * len(experiment.choices)
    assert '<details class="after" id="after">' in page, "the explanation is closed"
    assert all(address.replace("&", "&amp;") in page for _title, address in experiment.sources)
    assert experiment.browser or f"{type(experiment).__module__.replace('.', '/')}.py" in page


def test_previous_and_next_lead_through_all_experiments(read):
    address, walked = f"/experiments/{all_experiments()[0].slug}/", []
    while address:
        walked.append(address)
        page = read(address)
        assert f"{len(walked)} of {len(all_experiments())}" in page
        back = re.search(r'href="([^"]+)" rel="prev"', page)
        assert (back and back[1]) == (walked[-2] if len(walked) > 1 else None)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found and found[1]
    assert len(walked) == len(all_experiments())


@pytest.mark.parametrize("slug", [tried.slug for tried in all_experiments()])
def test_a_page_starts_with_few_variants_and_an_attack_with_a_weak_one_among_them(slug):
    trials = plan([find_experiment(slug)])
    first = first_columns(trials)
    assert 1 <= len(first) <= max(MAX_FIRST_COLUMNS, len(mechanisms()))
    assert {trial.variant.mechanism for trial in first} == {trial.variant.mechanism for trial in trials}
    if any(trial.is_weak for trial in trials):
        assert any(trial.is_weak for trial in first)


def test_the_code_shown_is_what_runs_and_what_it_calls(read):
    page = re.sub(r"<[^>]+>", "", read("/experiments/tamper/"))
    assert "def run(self, actors, variant):" in page
    assert "def forgeries(" in page, "a function beside it that it calls"
    assert "def with_claims(" in page, "and one that this calls"
    assert "class Experiment:" not in page
    browser = next(tried for tried in all_experiments() if tried.browser)
    assert "export async function run(" in re.sub(r"<[^>]+>", "", read(f"/experiments/{browser.slug}/"))


def test_without_scripts_a_page_says_how_to_run_it_at_each_variant(read):
    page = read("/experiments/read-it/")
    shown = "".join(re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL))
    assert shown.count("curl -H 'Content-Type: application/json'") == len(config(page)["variants"])
    assert "http://testserver/lab/api/run/" in shown


def test_outside_the_lab_the_pages_say_that_the_lab_is_off(outside_the_lab, client, db):
    for address in ("/experiments/", "/experiments/tamper/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "the lab is off" in response.content.decode()
        assert 'href="/experiments/"' not in response.content.decode()


def test_an_unknown_experiment_is_not_found(client, db):
    assert client.get("/experiments/nonsense/").status_code == 404
    assert client.post("/experiments/tamper/").status_code == 405
