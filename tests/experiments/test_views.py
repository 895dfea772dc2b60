"""The pages of the experiments, as the server writes them."""

import json
import re

import pytest
from django.test import Client

from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.topics import ROWS
from authcompare.experiments.views import AT_FIRST, beginning, squares
from authcompare.mechanisms.registry import mechanisms, variants


@pytest.fixture
def read(client: Client, db):
    def read(address):
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return read


def config(page):
    return json.loads(re.search(r'<script id="config"[^>]*>(.*?)</script>', page)[1])


def cells(page, slug=""):
    """{(experiment, door): state} of the matrix."""
    found = {}
    for tried, line in re.findall(r'<tr data-experiment="([\w-]+)".*?>(.*?)</tr>', page, re.DOTALL):
        for door, state in re.findall(r'<td data-door="(.*?)".*? data-state="(\w+)"', line):
            found[tried, door] = state
    return found


def seen(slug, door, outcome):
    mechanism, variant = door.split()
    Evidence.objects.create(
        experiment=slug, mechanism=mechanism, variant=variant, expected=outcome, outcome=outcome, facts=[]
    )


def test_the_matrix_has_every_experiment_at_every_door_it_concerns_and_no_other(read):
    expected = {
        (tried.slug, f"{door.mechanism.name} {door.slug}")
        for tried in all_experiments()
        for door in variants()
        if tried.concerns(door)
    }
    found = cells(read("/experiments/"))
    assert set(found) == expected
    browser = {tried.slug for tried in all_experiments() if tried.browser}
    assert {slug for (slug, _door), state in found.items() if state == "browser"} == browser
    assert set(found.values()) == {"waiting", "browser"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_a_row_of_the_comparison_leaves_the_experiments_that_bear_on_it(read, row):
    found = cells(read(f"/experiments/?row={row.slug}"))
    assert {slug for slug, _door in found} == {tried.slug for tried in all_experiments() if row.slug in tried.rows}


def test_a_row_that_there_is_not_leaves_them_all(read):
    assert len(cells(read("/experiments/?row=nonsense"))) == len(cells(read("/experiments/")))


def test_evidence_is_held_against_what_the_door_promises_now(read):
    tried = find_experiment("replay-after-logout")
    weak = next(square for square in squares(tried) if square.weak)
    hardened = [square for square in squares(tried) if not square.weak]
    seen(tried.slug, weak.door, tried.attack)
    seen(tried.slug, hardened[0].door, hardened[0].expected)
    seen(tried.slug, hardened[1].door, tried.attack)  # it says that this was expected: it is not
    page = read("/experiments/")
    found = cells(page)
    assert found[tried.slug, weak.door] == "open"
    assert found[tried.slug, hardened[0].door] == "agrees"
    assert found[tried.slug, hardened[1].door] == "differs"
    assert f"NOT as promised: {tried.text(tried.attack)}" in page
    assert list(found.values()).count("waiting") == sum(not t.browser for t, _d in map(known, found)) - 3


def known(key):
    return find_experiment(key[0]), key[1]


@pytest.mark.parametrize("slug", [tried.slug for tried in all_experiments()])
def test_each_page_asks_before_it_tells_and_gives_its_script_what_it_promises(read, slug):
    tried = find_experiment(slug)
    page = read(f"/experiments/{slug}/")
    told = config(page)
    assert {"slug", "title", "browser", "attack", "csrf", "prefs", "choices", "doors"} == set(told)
    concerned = [door for door in variants() if tried.concerns(door)]
    assert [(door["mechanism"], door["variant"]) for door in told["doors"]] == [
        (door.mechanism.name, door.slug) for door in concerned
    ]
    assert {
        "mechanism", "variant", "title", "shape", "path", "header", "name", "ambient", "readable", "csrf", "storage",
        "expected", "expected_text", "weak",
    } == set(told["doors"][0])  # fmt: skip
    assert page.count('type="radio"') == len(concerned) * len(tried.choices)
    assert '<details class="after" id="after">' in page, "the explanation is folded up"
    assert all(address.replace("&", "&amp;") in page for _title, address in tried.sources)
    assert f"{type(tried).__module__.replace('.', '/')}.py" in page


def test_previous_and_next_lead_through_the_whole_syllabus(read):
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
def test_a_page_begins_with_few_doors_and_an_attack_with_a_weak_one_among_them(slug):
    doors = [square for square in squares(find_experiment(slug)) if square]
    first = beginning(doors)
    assert 1 <= len(first) <= max(AT_FIRST, len(mechanisms()))
    assert {square.variant.mechanism for square in first} == {square.variant.mechanism for square in doors}
    if any(square.weak for square in doors):
        assert any(square.weak for square in first)


def test_the_code_shown_is_the_class_and_what_it_calls(read):
    page = re.sub(r"<[^>]+>", "", read("/experiments/tamper/"))
    assert "class Tamper(Experiment):" in page
    assert "def forgeries(" in page, "a function beside it that it calls"
    assert "def claiming(" in page, "and one that this calls"
    assert "class Experiment:" not in page, "the contract is no part of the story"
    browser = next(tried for tried in all_experiments() if tried.browser)
    assert "export async function run(" in re.sub(r"<[^>]+>", "", read(f"/experiments/{browser.slug}/"))


def test_without_scripts_a_page_says_how_to_run_it_at_each_door(read):
    page = read("/experiments/read-it/")
    told = "".join(re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL))
    assert told.count("curl --json") == len(config(page)["doors"])
    assert "http://testserver/lab/api/run/" in told


def test_outside_the_lab_the_pages_say_that_there_is_no_lab(outside_the_lab, client, db):
    for address in ("/experiments/", "/experiments/tamper/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "the lab is off" in response.content.decode()
        assert 'href="/experiments/"' not in response.content.decode()


def test_an_experiment_that_there_is_not_is_not_found(client, db):
    assert client.get("/experiments/nonsense/").status_code == 404
    assert client.post("/experiments/tamper/").status_code == 405
