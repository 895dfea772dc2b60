"""How a credential travels: in the Cookie header or in the Authorization header. Nothing here knows a mechanism."""

from django.conf import settings


class Transport:
    """Finds a credential in a request, and tells what headers a client must send to present one."""

    header: str
    ambient: bool  # does a browser attach it by itself, to requests forged by other sites too? Then CSRF is checked.

    def extract(self, request):
        """Every credential of this kind in the request, as text, in the order sent; usually none or one."""
        raise NotImplementedError

    def present(self, credential):
        """The request headers, {name: value}, that present this credential."""
        raise NotImplementedError

    def collect(self, answer, cookies):
        """The credential a client holds after a login with this JSON `answer` and this {name: value} of `cookies`."""
        raise NotImplementedError

    @property
    def openapi(self):
        """The OpenAPI security scheme object."""
        raise NotImplementedError


class CookieTransport(Transport):
    """A cookie, under the name that the setting `setting` gives it; or under that very name, if there is none."""

    header = "Cookie"
    ambient = True

    def __init__(self, setting, *, readable=False):
        self.setting = setting
        self.readable = readable  # may scripts of the page read it, that is: is it set without HttpOnly?

    @property
    def name(self):
        return getattr(settings, self.setting, self.setting)

    def extract(self, request):
        pairs = (pair.partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
        return [value.strip() for name, _, value in pairs if name.strip() == self.name]  # spaces as Django sees them

    def present(self, credential):
        return {"Cookie": f"{self.name}={credential}"}

    def collect(self, answer, cookies):
        return cookies.get(self.name)

    @property
    def openapi(self):
        return {"type": "apiKey", "in": "cookie", "name": self.name}


class BearerTransport(Transport):
    """An Authorization header with the Bearer scheme (RFC 6750 section 2.1)."""

    header = "Authorization"
    ambient = False
    readable = True
    name = "Authorization"

    def __init__(self, kind="JWT"):
        self.kind = kind  # of credential: for people who read the documentation

    def extract(self, request):
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip(" \t").partition(" ")
        return [token.strip(" ")] if scheme.lower() == "bearer" else []

    def present(self, credential):
        return {"Authorization": f"Bearer {credential}"}

    def collect(self, answer, cookies):
        return answer.get("access")

    @property
    def openapi(self):
        return {"type": "http", "scheme": "bearer", "bearerFormat": self.kind}
