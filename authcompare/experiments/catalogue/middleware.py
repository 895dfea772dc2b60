import time

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

BEFORE, IN_VIEW = "known before the view", "known only in the view"
CHAIN = "/lab/api/chain/"


class MiddlewareAndNext(Experiment):
    slug = "middleware-and-next"
    title = _("Middleware and next()")
    question = _(
        "A request with your credential passes Django's middlewares and then reaches the view. Where does the server "
        "learn that it is you?"
    )
    choices = [
        Choice(
            BEFORE,
            _("In a middleware, before any view is asked."),
            _("Whoever is signed in is known to every middleware."),
        ),
        Choice(
            IN_VIEW,
            _("Only when the view asks its authenticator."),
            _("A protected route is always protected by a middleware in front of it."),
        ),
    ]
    rows = ["implementation"]
    explanation = _(
        "Django's AuthenticationMiddleware knows its own session cookie and nothing else. Any other credential is read "
        "by an authenticator of the view: a middleware that asks for the user before it sees a stranger. And each "
        "middleware has to pass the request on. In Express one that forgets next() leaves the client waiting, since "
        "nobody has answered. In Django a middleware is a function that returns the answer: one that returns nothing "
        "is an error at once, and nobody waits."
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
        door = {"mechanism": variant.mechanism.name, "variant": variant.slug}
        with actors.client() as client:
            shown = variant.transport.present(alice.credential)
            known = client.get(CHAIN, params=door, headers=shown).raise_for_status().json()
            began = time.perf_counter()
            forgotten = client.get(CHAIN, params=door | {"forgotten": "1"}, headers=shown)
            took = time.perf_counter() - began
        me = alice.answer["user"]["username"]
        where = BEFORE if known["middleware"] == me else IN_VIEW if known["middleware"] is None else "somebody else"
        return actors.observed(
            where if known["view"] == me else "not known",
            (_("does the middleware know who asks?"), _("yes") if known["middleware"] else _("no")),
            (_("does the view know?"), _("yes") if known["view"] else _("no")),
            (_("a middleware forgets to pass the request on: the answer"), forgotten.status_code),
            (_("milliseconds until then"), round(took * 1000, 1)),
        )
