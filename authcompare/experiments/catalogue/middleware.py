import time

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

BEFORE, IN_VIEW = "known before the view", "known only in the view"
CHAIN = "/lab/api/chain/"


class MiddlewareAndNext(Experiment):
    slug = "middleware-and-next"
    title = _("Middleware and next()")
    question = _(
        "You send a request with your credential. It passes Django's middleware and then reaches the view. Where does "
        "the server find out that it is you?"
    )
    choices = [
        Choice(
            BEFORE,
            _("In a middleware, before the view runs."),
            _("A middleware in front of the view checks every kind of credential."),
        ),
        Choice(
            IN_VIEW,
            _("In the view's authentication class."),
            _("Middleware never knows the user."),
        ),
    ]
    rows = ["implementation"]
    explanation = _(
        "Django's AuthenticationMiddleware reads only its own session cookie. The view's authentication class reads "
        "every other credential. A middleware before the view sees an anonymous user. Each middleware must also pass "
        "the request on. In Express, a middleware that forgets next() leaves the client waiting without a response. In "
        "Django, a middleware is a function that returns the response: if it returns nothing, an error follows at once."
    )
    sources = [
        (
            "Django: writing your own middleware",
            "https://docs.djangoproject.com/en/5.2/topics/http/middleware/#writing-your-own-middleware",
        ),
        ("Express: writing middleware", "https://expressjs.com/en/guide/writing-middleware.html"),
        ("DRF: authentication", "https://www.django-rest-framework.org/api-guide/authentication/"),
    ]

    def expected(self, variant):
        return BEFORE if variant.promises.known_to_middleware else IN_VIEW

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        query = {"mechanism": variant.mechanism.name, "variant": variant.slug}
        with actors.client() as client:
            headers = variant.transport.present(alice.credential)
            known = client.get(CHAIN, params=query, headers=headers).raise_for_status().json()
            began = time.perf_counter()
            forgotten = client.get(CHAIN, params=query | {"forgotten": "1"}, headers=headers)
            took = time.perf_counter() - began
        me = alice.answer["user"]["username"]
        where = BEFORE if known["middleware"] == me else IN_VIEW if known["middleware"] is None else "another user"
        return actors.observed(
            where if known["view"] == me else "not known",
            (_("does the middleware know the user?"), _("yes") if known["middleware"] else _("no")),
            (_("does the view know the user?"), _("yes") if known["view"] else _("no")),
            (_("a middleware that does not pass the request on: the response"), forgotten.status_code),
            (_("milliseconds until then"), round(took * 1000, 1)),
        )
