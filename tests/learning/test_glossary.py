"""The glossary page, its template tag, and the links from a lesson's text."""

import re
from urllib.parse import urlsplit

import pytest
from django.template import Context, Template
from django.utils import translation
from markdown_it import MarkdownIt

from authcompare.learning.glossary import TERMS, Term, find_term, link_first_uses, name_pattern, terms_by_letter

SLUGS = [term.slug for term in TERMS]


@pytest.fixture
def page(client):
    response = client.get("/glossary/")
    assert response.status_code == 200
    return response.content.decode()


def render(*texts, language="en"):
    """Return the HTML of the sections of one lesson."""
    markdown, linked = MarkdownIt("commonmark").enable("table"), set()
    return "".join(
        markdown.renderer.render(link_first_uses(markdown.parse(text), language, linked), markdown.options, {})
        for text in texts
    )


def linked_terms(*texts, language="en"):
    """Return the pairs of slug and text that the lesson links to the glossary."""
    return re.findall(r'<a class="term" href="/glossary/#([\w-]+)">(.*?)</a>', render(*texts, language=language))


def test_every_slug_and_every_name_is_used_once():
    assert len(set(SLUGS)) == len(SLUGS)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert len({str(term.name).lower() for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=SLUGS)
def test_a_term_has_one_or_two_sentences_and_a_source_on_the_web(term):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", term.slug)
    assert 1 <= len(re.findall(r"\.(?=\s|$)", str(term.definition))) <= 2
    assert bool(term.source_title) == bool(term.source_url)
    if term.source_url:
        assert urlsplit(term.source_url).scheme == "https"


def test_the_page_has_an_anchor_and_a_link_to_itself_for_every_term(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(SLUGS) <= set(ids)
    for term in TERMS:
        assert f'<a href="#{term.slug}">{term.name}</a>' in page
        assert term.source_url in page


def test_every_letter_leads_to_its_terms(page):
    letters = re.findall(r'<li><a href="#(letter-\w)">', page)
    assert letters == re.findall(r'<h2 id="(letter-\w)">', page)
    assert letters == sorted(letters)


def test_the_page_is_there_without_the_lab(project, client):
    project(LAB=False)
    assert client.get("/glossary/").status_code == 200


def test_the_page_can_only_be_read(client):
    assert client.head("/glossary/").status_code == 200
    assert client.post("/glossary/").status_code == 405


def test_other_pages_link_to_the_glossary(client, db):
    assert '<a href="/glossary/">' in client.get("/").content.decode()


def test_english_terms_are_sorted_from_a_to_z():
    names = [str(term.name).lower() for _letter, terms in terms_by_letter() for term in terms]
    assert names == sorted(names)


def test_chinese_names_are_sorted_by_pinyin_among_latin_ones():
    names = ["中间件", "重放", "Cookie", "会话", "传输方式", "签名", "CSRF", "会话 ID", "误解", "吊销"]
    terms = sorted((Term("x", name, "") for name in names), key=lambda term: term.sort_key)
    assert [(term.sort_key[0], term.name) for term in terms] == [
        ("C", "Cookie"), ("C", "CSRF"), ("C", "重放"), ("C", "传输方式"), ("D", "吊销"), ("H", "会话"),
        ("H", "会话 ID"), ("Q", "签名"), ("W", "误解"), ("Z", "中间件"),
    ]  # fmt: skip


def test_the_tag_links_to_a_term():
    html = Template('{% load glossary %}{% term "session-id" %}, {% term "cookie" "Cookies" %}').render(Context())
    assert html == (
        '<a class="term" href="/glossary/#session-id">session id</a>, '
        '<a class="term" href="/glossary/#cookie">Cookies</a>'
    )


def test_an_unknown_term_is_an_error():
    with pytest.raises(LookupError, match="no term 'sesion'"):
        find_term("sesion")
    with pytest.raises(LookupError, match="no term 'sesion'"):
        Template('{% load glossary %}{% term "sesion" %}').render(Context())


def test_only_the_first_use_in_a_lesson_is_a_link():
    assert render("A cookie and another cookie.", "Again a cookie.") == (
        '<p>A <a class="term" href="/glossary/#cookie">cookie</a> and another cookie.</p>\n<p>Again a cookie.</p>\n'
    )


def test_the_longest_name_wins():
    assert linked_terms("A session id names a session.") == [("session-id", "session id"), ("session", "session")]
    assert linked_terms("A session id.", "A session id.") == [("session-id", "session id")]


def test_plurals_and_capitals_at_the_start_of_a_sentence_are_found():
    assert linked_terms("Cookies, hashes and JWTs.") == [("cookie", "Cookies"), ("hash", "hashes"), ("jwt", "JWTs")]


def test_only_whole_words_are_found():
    assert linked_terms("A monkey at a website with a cross-site script and a session-like session_data.") == []


def test_a_name_with_capitals_needs_its_capitals():
    assert linked_terms("That is not secure. Set Secure.") == [("secure", "Secure")]


@pytest.mark.parametrize(
    "text",
    [
        "## A session\n",
        "[the session of a user](/sessions/)",
        "[the **session** of a user](/sessions/)",
        "`session`",
        "```\nsession\n```",
        "![session](session.png)",
    ],
)
def test_headings_links_code_and_images_have_no_new_link(text):
    markdown = MarkdownIt("commonmark")
    assert render(text) == markdown.render(text)
    assert linked_terms(text, "A session.") == [("session", "session")]


def test_lists_tables_and_emphasis_have_links():
    assert linked_terms("- a **session**\n") == [("session", "session")]
    assert linked_terms("| a |\n|---|\n| a token |\n") == [("token", "token")]


def test_text_after_a_link_has_links_again():
    assert linked_terms("[a session](/) and a token") == [("token", "token")]


def test_the_text_and_its_escapes_stay_the_same():
    text = "If a < b & c, the session *ends*; a token\ndoes not."
    assert re.sub(r"</?a\b.*?>", "", render(text)) == MarkdownIt("commonmark").render(text)


def test_the_tokens_of_the_parser_are_not_changed():
    tokens = MarkdownIt("commonmark").parse("A session.")
    before = [token.as_dict() for token in tokens]
    link_first_uses(tokens, "en", set())
    assert [token.as_dict() for token in tokens] == before


def test_chinese_names_are_found_without_spaces_around_them():
    text = "服务器保存会话，这个令牌家族里的签名和JWT都在。"
    assert linked_terms(text, language="zh-hans") == [
        ("session", "会话"), ("token-family", "令牌家族"), ("signature", "签名"), ("jwt", "JWT"),
    ]  # fmt: skip


def test_the_language_of_the_lesson_counts_not_that_of_the_visitor():
    name_pattern.cache_clear()
    with translation.override("zh-hans"):
        assert linked_terms("A session.") == [("session", "session")]
