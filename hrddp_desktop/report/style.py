"""How the paper looks: sizes, colours, margins, paragraph styles. Measures are points."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1B2430"
# Darker than on the screen: a printer that knows black alone draws grey letters as dots.
MUTED = "#39434E"
ACCENT = "#0B5FA5"
LINE = "#9AA5B1"
OUTCOME_COLOURS = {
    "may_proceed": "#1E6B3A",
    "proceed_with_mitigation": "#0F6A73",
    "escalate": "#8A5A00",
    "must_not_proceed": "#9B1C1C",
    "stop_open_action7": "#9B1C1C",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One paper size; the text stands inside the margins, the furniture in them."""

    width: float
    height: float
    side: float = 64
    top: float = 76
    bottom: float = 70

    @property
    def text_width(self) -> float:
        """Between the side margins."""
        return self.width - 2 * self.side

    @property
    def text_height(self) -> float:
        """Between head and foot."""
        return self.height - self.top - self.bottom


PAGES = {"a4": Page(595.28, 841.89), "letter": Page(612, 792)}


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How one kind of text is set; `weight` is regular, bold or italic, `widest` keeps a line readable."""

    size: float
    leading: float
    weight: str = "regular"
    colour: str = INK
    before: float = 0
    after: float = 0
    widest: float = 1000


STYLES = {
    "overline": TextStyle(9.5, 13, "bold", ACCENT, after=5),
    "title": TextStyle(23, 29, "bold", after=5),
    "place": TextStyle(11.5, 16, colour=MUTED, after=14),
    "h1": TextStyle(16, 21, "bold", before=22, after=8),
    "h2": TextStyle(11.5, 16, "bold", ACCENT, before=14, after=5),
    "h3": TextStyle(10, 14, "bold", before=9, after=3),
    "body": TextStyle(10, 15, after=7, widest=440),
    "lead": TextStyle(11.5, 17, after=8, widest=460),
    "muted": TextStyle(9, 13, colour=MUTED, after=7, widest=440),
    "strong": TextStyle(10, 15, "bold", after=5),
    "cell": TextStyle(9.5, 13.5),
    "cell_strong": TextStyle(9.5, 13.5, "bold"),
    "cell_muted": TextStyle(9, 13, "italic", MUTED),
    "label": TextStyle(9, 13.5, colour=MUTED),
    "head": TextStyle(8.5, 12, "bold"),
    "code": TextStyle(7.5, 12),
    "outcome": TextStyle(19, 25, "bold", after=3),
    "outcome_reason": TextStyle(11, 16, after=5),
    "outcome_basis": TextStyle(9, 13, after=3),
    "card": TextStyle(13, 14.5, "bold"),
    "contents": TextStyle(10, 16),
    "furniture": TextStyle(8, 11, colour=MUTED),
    "furniture_strong": TextStyle(8, 11, "bold"),
    "field": TextStyle(7.5, 10, colour=MUTED),
}


def outcome_colour(code: str) -> str:
    """The colour of an outcome; grey for those that decide nothing yet."""
    return OUTCOME_COLOURS.get(code, MUTED)
