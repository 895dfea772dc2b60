"""People of a class, as clients: a teacher who is signed in, and learners who have joined."""

from authcompare.accounts.models import User
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.classroom.schedule import agenda

PASSWORD = "a teacher's password"


def stops(plan=45):
    return agenda(plan, "en")


def voted_stop(at=0):
    """One of those stops at which there is something to vote on."""
    return [stop for stop in stops() if stop.voted][at]


def right_choices(step):
    return {door.key: step.experiment.expected(door) for door in step.doors}


def wrong_choices(step):
    """At every door another outcome than the one that it promises."""
    outcomes = [choice.outcome for choice in step.experiment.choices]
    return {door: next(each for each in outcomes if each != right) for door, right in right_choices(step).items()}


class Somebody:
    """A browser, without scripts."""

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
        door = step.doors[0]
        return self.post(
            "/walkthrough/api/run/", step=step.slug, mechanism=door.mechanism.name, variant=door.slug
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

    def change(self, code, what, **body):
        return self.post(f"/classroom/api/{code}/{what}/", **body)

    def export(self, code):
        return self.get(f"/classroom/{code}/export.json").json()


def staff(username="tina", **fields):
    """Somebody with a teacher's account, signed in."""
    User.objects.create_user(username, password=PASSWORD, is_staff=True, **fields)
    return Somebody().sign_in(username)
