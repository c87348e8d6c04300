"""Numbers that lead to a person: telephone, identity paper, exact place, e-mail; and those that do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from hrddp_desktop.services.scanner_words import Vocabulary

    Finder: TypeAlias = Callable[[str, Vocabulary], Iterator[tuple[int, int]]]


TELEPHONE: Final = "telephone"
IDENTITY: Final = "identity"
FEWEST_DIGITS: Final = 4
"""A text with fewer holds no number that leads to anybody."""
_MAIL: Final = re.compile(r"(?<![\w.+%\-])[\w.+%\-]{1,64}+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}+")
_DEGREES: Final = r"[+\-]?\d{1,3}\.\d{3,12}+ ?°? ?[NSEWO]?(?!\w)"
_COMMA_DEGREES: Final = r"[+\-]?\d{1,3},\d{4,12}+ ?°? ?[NSEWO]?(?!\w)"
PLACES: Final = (
    re.compile(rf"(?<![\w.,])(?:[NSEWO] ?)?({_DEGREES}) ?[,;/ ] ?(?:[NSEWO] ?)?({_DEGREES})", re.IGNORECASE),
    re.compile(rf"(?<![\w.,])({_COMMA_DEGREES}) ?[;/ ] ?({_COMMA_DEGREES})", re.IGNORECASE),
    re.compile(
        r"(?<![\w.,])\d{1,3} ?° ?\d{1,2}(?:[.,]\d{2,6}+ ?'?| ?' ?\d{1,2}(?:[.,]\d{1,6})? ?(?:\"|''|'))"
        r"(?: ?[NSEWO](?!\w))?",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)\d{1,2}[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?(?:\d{3} ?\d{3}|\d{4} ?\d{4}|\d{5} ?\d{5})(?!\w)"),
    re.compile(r"(?<!\w)[2-9CFGHJMPQRVWX]{8}\+[2-9CFGHJMPQRVWX]{2,3}(?!\w)"),
)
_DAY: Final = (
    r"(?:\d{4}[\-/.]\d{1,2}[\-/.]\d{1,2}|(?:\d{1,2}-)?\d{1,2}[\-/.]\d{1,2}[\-/.](?:\d{4}|\d{2})"
    r"|(?<!\d )\d{1,2} \d{1,2} (?:19|20)\d{2})"
)
KNOWN_NUMBERS: Final = (
    re.compile(rf"(?<![\w+])(?<!\d[.\-/]){_DAY}(?: ?[\-/] ?{_DAY})?(?!\w)(?![.\-/]\d)"),
    re.compile(r"(?<![\w+])(?<!\d[.\-/ ])(?:19|20)\d{2} ?[\-/] ?(?:19|20)?\d{2}(?!\w)(?![.\-/ ]\d)"),
    re.compile(r"(?<![\w.,+])\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?(?!\w)(?![ .,\-/]\d)"),
    re.compile(r"(?<![\w\-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)", re.IGNORECASE),
    re.compile(r"(?<!\w)(?=[0-9]{0,31}[a-f])[0-9a-f]{32,128}+(?!\w)", re.IGNORECASE),
)
_REFERENCE: Final = re.compile(r"(?<![\w/\-.])\w{1,24}(?:[/\-.]\w{1,24}){1,8}+")
_LETTERS_AND_DIGITS: Final = re.compile(r"(?<!\w)(?:[A-Z]{1,3}[ \-]?|[A-Za-z]{1,3})\d{6,20}+(?!\w)")
_NUMBER: Final = re.compile(r"(?<![\w+])(?<!\d[.,])(?:\+ ?)?\(?\d{1,40}+(?!\w)(?:[ ()./\-]{1,3}\d{1,20}+(?!\w)){0,8}")
_SIX_DIGITS: Final = re.compile(r"\d{6}")
_DAY_OR_MONTH: Final = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]{1,12}|[$€£¥])[ .:]{0,2}\Z")
_WORD_AFTER: Final = re.compile(r"[ ]{0,2}([^\W\d_]{1,12}|[$€£¥%])")
# ITU-T E.164: at most 15 digits with the country; 2 more for the two zeros.
_LONGEST_TELEPHONE: Final = 17


def mails(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
    """E-mail addresses."""
    return (match.span() for match in _MAIL.finditer(text))


def places(pattern: re.Pattern[str]) -> Finder:
    """Coordinates of one way of writing."""

    def find(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            if not match.groups() or _is_on_earth(*match.groups()):
                end = match.end() - (match[0] != match[0].rstrip())
                yield match.start(), end

    return find


def _is_on_earth(*pair: str) -> bool:
    numbers = [re.sub(r"[^\d.]", "", each.replace(",", ".")) for each in pair]
    if all(number[-1] == "0" and len(number.partition(".")[2]) == 3 for number in numbers):
        # 1.250 / 2.300: thousands, as half the world writes them.
        return False
    return min(map(float, numbers)) <= 90 and max(map(float, numbers)) <= 180


def known_numbers(pattern: re.Pattern[str]) -> Finder:
    """Dates, spans of years, amounts and identifiers, which no later search shall see."""
    return lambda text, _known: (match.span() for match in pattern.finditer(text))


def references(text: str, _known: Vocabulary) -> Iterator[tuple[int, int]]:
    """RC/HR/25-118: letters in front, digits behind, no number long enough to be somebody's."""
    for match in _REFERENCE.finditer(text):
        begins = re.split(r"[/\-.]", match[0])[:2]
        lettered = any(part.isalpha() for each in begins for part in each)
        if lettered and any(part.isdecimal() for part in match[0]) and not _SIX_DIGITS.search(match[0]):
            yield match.span()


def after_word(name: str) -> Finder:
    """A number behind a word that says what it is."""

    def find(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
        pattern = known.telephone if name == TELEPHONE else known.identity
        # A folded text keeps its length in lower case: the one letter that does not has lost its dot.
        for match in pattern.finditer(text.lower()):
            digits = "".join(part for part in match[1] if part.isdecimal())
            if len(digits) >= _FEWEST[name] and not _is_year(digits):
                yield match.start(), match.start(1) + len(match[1].rstrip(" ./-"))

    return find


_FEWEST: Final = {TELEPHONE: 5, IDENTITY: 4}


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.startswith(("19", "20"))


def lettered(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
    """AB123456: letters and digits as on an identity paper."""
    for match in _LETTERS_AND_DIGITS.finditer(text):
        letters = "".join(part for part in match[0] if part.isalpha())
        digits = "".join(part for part in match[0] if part.isdecimal())
        if letters.lower() not in known.money and not _DAY_OR_MONTH.fullmatch(digits):
            yield match.span()


def numbers(shape: str) -> Finder:
    """Runs of digits that have this shape and count nothing."""

    def find(text: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
        for match in _NUMBER.finditer(text):
            if _shape(match[0]) == shape and not _counts_something(text, match, known):
                yield match.span()

    return find


def _counts_something(text: str, match: re.Match[str], known: Vocabulary) -> bool:
    """Whether the number is an amount: a currency or a unit stands beside it."""
    if match[0].startswith(("+", "0")):
        return False
    before = _WORD_BEFORE.search(text, max(0, match.start() - 16), match.start())
    after = _WORD_AFTER.match(text, match.end())
    beside = (found[1].lower() for found in (before, after) if found)
    return any(word in known.money or not word[0].isalpha() for word in beside)


def _shape(run: str) -> str | None:
    """What a run of digits with its separators is by its shape."""
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if run.startswith("+"):
        return TELEPHONE if 7 <= len(digits) <= _LONGEST_TELEPHONE else None
    if re.fullmatch(r"\d+\.\d+", run):
        return None
    if digits.startswith("0"):
        return TELEPHONE if 8 <= len(digits) <= _LONGEST_TELEPHONE else None
    if any(len(group) >= 9 for group in groups):
        return None if digits.endswith("000") else IDENTITY
    if len(groups) == 1 or "/" in run or len(digits) < 8 or any(len(group) < 2 for group in groups[1:]):
        return None
    if _is_amount(groups, run) or _is_range(groups, run):
        return None
    return TELEPHONE if len(digits) <= _LONGEST_TELEPHONE else IDENTITY


def _is_amount(groups: list[str], run: str) -> bool:
    """12 500 000: thousands in threes that end round."""
    in_threes = len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return in_threes and groups[-1].endswith("00") and not re.search(r"[()\-]", run)


def _is_range(groups: list[str], run: str) -> bool:
    """1200-1500: from a round number to a larger one."""
    if len(groups) != 2 or "-" not in run:
        return False
    low, high = map(int, groups)
    return low < high and not low % 50 and not high % 50
