"""What a learner has predicted and seen so far, in two queries."""

from authcompare.learning.models import Prediction


class Progress:
    """Of this learner; of somebody who is none yet, nothing."""

    def __init__(self, learner):
        self.learner = learner
        self.answers = {(each.step, each.round): each for each in learner.answers.all()} if learner else {}
        self.runs = {each.step: each for each in learner.runs.all()} if learner else {}

    def prediction(self, step):
        """The one that counts: that of the second vote, where there was one."""
        return self.voted(step) or self.answers.get((step.slug, Prediction.LATE))

    def voted(self, step):
        """The last vote on it; None for who came too late to vote."""
        return self.answers.get((step.slug, Prediction.SECOND)) or self.answers.get((step.slug, Prediction.FIRST))

    def outcomes(self, step):
        """{"<mechanism> <variant>": outcome}."""
        run = self.runs.get(step.slug)
        return run.outcomes if run else {}

    def test(self, round):
        """The answers to the test of this round: {misconception: option}; None where it was not taken."""
        answer = self.answers.get(("", round))
        return answer.choices if answer else None

    def done(self, step):
        """Has its experiment been run at every door?"""
        return bool(step.doors) and all(door.key in self.outcomes(step) for door in step.doors)

    def state(self, step):
        return "done" if self.done(step) else "predicted" if self.prediction(step) else ""

    @property
    def any(self):
        return bool(self.answers or self.runs)
