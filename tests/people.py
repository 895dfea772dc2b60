"""The people of a class as HTTP clients: a signed-in teacher, and learners."""

from authcompare.accounts.models import User
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.classroom.schedule import planned_stops

PASSWORD = "a teacher's password"


def stops(plan=45):
    return planned_stops(plan, "en")


def voted_stop(at=0):
    """Return one of the stops with a vote."""
    return [stop for stop in stops() if stop.has_vote][at]


def right_choices(step):
    return {variant.key: step.experiment.expected(variant) for variant in step.variants}


def wrong_choices(step):
    """Return for every variant another outcome than the expected one."""
    outcomes = [choice.outcome for choice in step.experiment.choices]
    return {key: next(each for each in outcomes if each != right) for key, right in right_choices(step).items()}


class Somebody:
    """A browser without scripts."""

    def __init__(self, client=None):
        self.client = client or Client()
        self.client.get("/classroom/")

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)

    def post(self, path, **body):
        return self.client.post(path, json=body, headers={CSRF_HEADER: self.client.cookies.get("ac_csrf", "")})

    # A learner

    def join(self, code, nickname="Anna"):
        answer = self.post("/classroom/api/join/", code=code, nickname=nickname)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def live(self, version=None):
        return self.get("/classroom/api/live/" + ("" if version is None else f"?version={version}"))

    def predict(self, step, choices=None, round=1, confidence=2):
        chosen = choices or right_choices(step)
        return self.post(
            "/walkthrough/api/predict/", step=step.slug, round=round, choices=chosen, confidence=confidence
        )

    def run(self, step):
        variant = step.variants[0]
        return self.post(
            "/walkthrough/api/run/", step=step.slug, mechanism=variant.mechanism.name, variant=variant.slug
        ).json()

    # A teacher

    def sign_in(self, username, password=PASSWORD):
        self.client.get("/admin/login/")
        token = self.client.cookies["ac_csrf"]
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": token, "next": "/classroom/"}
        answer = self.client.post("/admin/login/", data=fields)
        assert answer.status_code == 302, answer.text
        return self

    def open(self, plan=45, mode="led"):
        answer = self.post("/classroom/api/open/", plan=plan, mode=mode)
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    def change(self, code, endpoint, **body):
        return self.post(f"/classroom/api/{code}/{endpoint}/", **body)

    def export(self, code):
        return self.get(f"/classroom/{code}/export.json").json()


def staff(username="tina", **fields):
    """Return a signed-in teacher."""
    User.objects.create_user(username, password=PASSWORD, is_staff=True, **fields)
    return Somebody().sign_in(username)
