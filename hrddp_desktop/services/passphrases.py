"""How a passphrase holds against guessing. Loaded by the first screen: it needs neither engine nor vault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hrddp_desktop.errors import N_

_WEAK, _FAIR = 10, 13
"""Powers of ten of guesses. At 64 MiB a guess, a rich attacker makes some 10,000 in a second: 10^10 take 12 days."""
_ESTIMATED: Final = 48


@dataclass(frozen=True, slots=True)
class Strength:
    """How a passphrase holds; `sentence` is '' for none."""

    sentence: str
    is_weak: bool


def strength(passphrase: str, *known: str) -> Strength:
    """What an attacker needs who knows the person (zxcvbn); its word lists are English: a hint, no promise."""
    if not passphrase:
        return Strength("", is_weak=True)
    import zxcvbn  # lists of words: some 0.1 s and 20 MB, only for those who choose a passphrase

    found = zxcvbn.zxcvbn(passphrase[:_ESTIMATED], user_inputs=[word for word in known if word])
    power = float(found["guesses_log10"])
    if power < _WEAK:
        return Strength(N_("Weak: it can be guessed quickly. Use several words."), is_weak=True)
    if power < _FAIR:
        return Strength(N_("Fair: one or two words more make it strong."), is_weak=False)
    return Strength(N_("Strong, if these words are not a known phrase."), is_weak=False)
