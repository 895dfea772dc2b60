"""Experiments that need tokens; authcompare/experiments/registry.py finds them."""

from tokens_demo.experiments.another_library import AnotherLibrary
from tokens_demo.experiments.forge import Forge
from tokens_demo.experiments.guess_the_secret import GuessTheSecret
from tokens_demo.experiments.refresh_again import RefreshAgain
from tokens_demo.experiments.refresh_rotation import RefreshRotation
from tokens_demo.experiments.verify_call import VerifyCall

EXPERIMENTS = [RefreshAgain(), RefreshRotation(), AnotherLibrary(), Forge(), GuessTheSecret(), VerifyCall()]
