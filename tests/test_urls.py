"""The URLs of the site as a whole."""

import pytest


@pytest.mark.parametrize(
    ("former", "current"),
    [
        ("", "accounts/"),
        ("user/", "accounts/user/"),
        ("user/?q=alice&p=1", "accounts/user/?q=alice&p=1"),
        ("user/7/change/", "accounts/user/7/change/"),
        ("sandbox/add/", "accounts/sandbox/add/"),
        ("note/7/history/", "note/note/7/history/"),
    ],
)
def test_former_admin_urls_lead_to_the_present_ones(admin_client, former, current):
    response = admin_client.get(f"/admin/authcompare/{former}")
    assert response.headers["Location"] == f"/admin/{current}"


def test_every_page_of_a_former_admin_url_exists(admin_client):
    for former in ("", "user/", "sandbox/", "note/"):
        assert admin_client.get(f"/admin/authcompare/{former}", follow=True).status_code == 200


def test_a_former_admin_url_shows_a_visitor_the_sign_in_page_only(client, db):
    response = client.get("/admin/authcompare/user/", follow=True)
    assert response.redirect_chain[-1][0] == "/admin/login/?next=/admin/accounts/user/"
