"""Reading the headers of an answer."""

from http.cookies import SimpleCookie


def cookie_set(response, name):
    """The cookie `name` as this answer sets it (.value, ["max-age"], ["httponly"], ...); None if it does not."""
    found = None
    for line in response.headers.get_list("Set-Cookie"):
        found = SimpleCookie(line).get(name, found)
    return found
