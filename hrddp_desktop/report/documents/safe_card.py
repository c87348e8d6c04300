"""The safe card: one page for the office safe, with the code that opens a vault. It is no document of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrddp_desktop.errors import N_
from hrddp_desktop.report.blocks import Cell, Document, Facts, Furniture, Heading, Listing, Paragraph, Squares
from hrddp_desktop.report.content import isolate

if TYPE_CHECKING:
    from datetime import date

    from hrddp_desktop.i18n import Words

_RULES = (
    N_("Keep this card in the office safe, never in the bag of the laptop."),
    N_("Whoever has this card and the laptop can read everything. Give it to nobody whom you do not know."),
    N_("A newer card makes this one worthless: destroy it then."),
    N_("If this page was saved as a file, delete the file once it is printed."),
)


@dataclass(frozen=True, slots=True)
class SafeCard:
    """What the card says; `vault` is the name of the folder."""

    code: str
    vault: str
    made: date
    paper: str = "a4"


def page(card: SafeCard, words: Words) -> Document:
    """The one page."""
    # One below the other, with numbers: groups side by side are read from the wrong end where writing runs leftwards.
    groups = tuple(
        (Cell(words("Group {number}", number=words.number(number)), "label"), Cell(isolate(group), "card"))
        for number, group in enumerate(card.code.split("-"), start=1)
    )
    title = words("Safe card")
    blocks = (
        Paragraph(title, "title"),
        Paragraph(words("It opens the vault when the passphrase is forgotten or its owner is gone."), "place"),
        Facts(
            (
                (Cell(words("Vault"), "label"), Cell(isolate(card.vault), "cell_strong")),
                (Cell(words("Made on"), "label"), Cell(words.date(card.made), "cell_strong")),
            )
        ),
        Heading(2, words("The code")),
        Facts(groups),
        Paragraph(words("The same code, to be scanned:"), "muted"),
        Squares(card.code, words("QR code of the safe card")),
        Heading(2, words("How it is used")),
        Paragraph(
            words(
                "Start the app, choose “I have forgotten the passphrase”, type the seven groups and choose a new "
                "passphrase. No capital letters are needed; the code has no letters I, L, O and U."
            )
        ),
        Listing(tuple(words(rule) for rule in _RULES)),
    )
    furniture = Furniture(title, words("STRICTLY CONFIDENTIAL"), "", "{page}")
    return Document(title, words("Opens the vault {vault}", vault=isolate(card.vault)), blocks, furniture)
