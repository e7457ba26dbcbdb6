"""Names for runs that nobody named: an adjective and an animal."""

from __future__ import annotations

import random

_ADJECTIVES = (  # noqa: SIM905  (words are read better as prose)
    "agile amber ample apt azure bold brave bright brisk calm candid careful cheerful clever cool "
    "crisp curious daring deft eager early earnest fair fast fine firm fleet fond free fresh "
    "gentle glad golden grand green happy hardy honest humble jolly keen kind large light lively "
    "loyal lucid lucky mellow merry mild modest neat nimble noble patient plain polite proud "
    "quick quiet rapid ready robust rosy sage serene sharp silent silver smart smooth solid "
    "sound spry steady still sturdy subtle sunny swift tidy true upbeat vivid warm wise witty"
).split()
_ANIMALS = (  # noqa: SIM905  (words are read better as prose)
    "albatross ant antelope badger bat bear beaver bee beetle bison boar buffalo butterfly camel "
    "cat chamois cheetah cicada cobra cod condor coyote crab crane cricket crow deer dolphin dove "
    "duck eagle eel elk falcon ferret finch firefly fox frog gazelle gecko gibbon goat goose "
    "gull hare hawk hedgehog heron herring horse ibex ibis jackal jaguar jay kestrel kite koala "
    "lark lemming lemur leopard lion lizard llama lobster lynx magpie marmot marten mole moose "
    "moth mouse newt ocelot octopus orca otter owl panda panther parrot pelican penguin pika "
    "puffin puma quail rabbit raccoon raven robin salmon seal shark sheep snail sparrow squid "
    "stork swan swift tapir tern tiger toad trout turtle viper vole walrus wasp weasel whale wolf "
    "wombat wren yak zebra"
).split()


def run_name() -> str:
    """A name such as `swift-otter`; not unique."""
    return f"{random.choice(_ADJECTIVES)}-{random.choice(_ANIMALS)}"
