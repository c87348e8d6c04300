"""The six words that two people compare by telephone to know that they hold the same certificate."""

from __future__ import annotations

import hashlib
from typing import Final

COUNT: Final = 6

# The list is part of the format: a word changed here changes what every user reads out. No two words share their first
# four letters, so a bad line or a short spelling still tells them apart.
_LIST: Final = """
acorn actor agent album alley almond amber anchor angle animal ankle answer apple april apron arch arena armor arrow
artist ashes aspen atlas attic autumn avenue awake bacon badge bagel baker balcony bamboo banner barrel basket
battery beach bench berry bicycle birch biscuit blanket blossom board boat bonfire border bottle boulder bracket
branch bread breeze brick bridge broom brother bubble bucket budget buffalo bundle butter cabin cable cactus camel
canal candle canyon carbon cargo carpet carrot castle cattle cedar cellar cement cereal chalk cherry chess chimney
chorus circle citrus clay climate clock cloud clover coast cobalt coconut coffee collar comet compass copper coral
corner cotton cousin cradle crane crayon cricket crystal cube cupboard curtain cushion cycle dairy daisy dancer
daughter dawn decade deer delta dentist desert diamond dinner doctor dolphin donkey door double dragon drawer dream
drum eagle early earth easel echo eclipse editor eight elbow elder elephant ember engine envelope escape evening
exit fabric factory falcon family farmer father feather fence fern ferry fiddle field fifty figure filter finger
fire fish flag flame flint flower flute forest fork fossil fountain freedom friday frost fruit funnel galaxy garden
garlic gate gentle giant ginger giraffe glacier glass glove goat golden goose grain granite grass gravel green
grocer guitar habit hammer harbor harvest hazel heart hedge helmet heron hill hockey hollow honey horizon hotel
humble hundred hunter igloo index indigo infant island ivory jacket jaguar jasmine jelly jewel journey jungle junior
kayak kernel kettle kidney kingdom kitchen kite kiwi knee ladder lagoon lake lamp language lantern laptop laser
laundry lava leaf lemon leopard letter library lilac lime linen lion lizard lobster locket lotus lumber lunar
machine magnet maize mango maple marble market mason meadow medal melon memory mercury metal midnight milk mineral
mirror mobile monday monkey moon morning mosaic motor mountain mouse museum music mustard napkin narrow native navy
nectar needle nephew nest nickel night noodle north notebook novel number nutmeg oasis ocean october office olive
onion opal orange orbit orchard organ ostrich otter outdoor oven oxygen oyster paddle palace panda paper parade
parrot pasture peach peanut pebble pelican pencil pepper piano picnic pigeon pillow pilot pine pirate planet plaza
plum pocket poem polar pond poppy porch potato prairie pretzel puddle pumpkin pupil purple puzzle pyramid quail
quiet quilt quiz rabbit radio raft railway rain ranch razor recipe reef rescue ribbon rice river road robin rocket
roof rope rose rubber ruby saddle sailor salad salmon sand sapphire saturn sauce scarf school scissors season seed
senior seven shadow shelter shirt shoulder silver singer sister sketch slipper smoke snail snow soap soccer socket
song soup spider spoon square stable station stone storm straw student sugar summer sunset surface swan sweater swim
table tailor tangerine teapot tennis tent thistle thunder ticket tiger timber toast tomato tortoise tower tractor
train travel treasure triangle trumpet tulip tunnel turtle twelve twin umbrella uncle uniform valley vanilla velvet
village vine violin visitor volcano voyage wagon walnut water wave weather wedding whale wheat whisper willow window
winter wisdom wolf wood wool worker yacht yard yellow yogurt young zebra zero zigzag zinc zipper
"""
WORDS: Final = tuple(_LIST.split())

_BITS: Final = 9
_ROUNDS: Final = 50_000


def six_words(fingerprint: str) -> tuple[str, ...]:
    """Six plain English words for a certificate's SHA-256 fingerprint, in the order they are read out.

    Six words of a list of 512 are 54 bits. Somebody who wants a certificate of his own with your words has to try about
    2**54 of them; drawing the words by PBKDF2 (50,000 rounds) makes each try slow, which takes that out of reach. See
    packaging/decisions/0004-identities-and-what-is-signed.md. The words say which certificate it is, not whose.
    """
    drawn = hashlib.pbkdf2_hmac("sha256", bytes.fromhex(fingerprint), b"hrddp-desktop words 1", _ROUNDS)
    number = int.from_bytes(drawn, "big")
    return tuple(WORDS[number >> (_BITS * place) & (len(WORDS) - 1)] for place in range(COUNT))
