"""Blocks into parts of the flow: sets the words, mirrors what must be mirrored, opens the structure tree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from hrddp_desktop.report import blocks, flow, frames, squares, tables
from hrddp_desktop.report.style import STYLES, Page, TextStyle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hrddp_desktop.report.flow import Flow, Stack
    from hrddp_desktop.report.tags import Node
    from hrddp_desktop.report.text import Typesetter

_APART = 18
_INDENT = 14
# A head that would fill much of every page is set once, as a row.
_TALLEST_HEAD = 0.3
_STANDS_APART = (tables.TableFlow, frames.Box, frames.ContentsFlow)


class Layout:
    """Lays out the blocks of one document for one paper; nodes are made here, in reading order."""

    def __init__(self, page: Page, typesetter: Typesetter, root: Node, headings: Iterable[blocks.Heading]) -> None:
        self._page = page
        self._set = typesetter
        self._section = root.child("Sect")
        self._root = root
        self.right_to_left = self._right = typesetter.right_to_left
        self._headings = tuple(headings)
        self.numbers: list[frames.PageNumber] = []

    def flows(self, content: Iterable[blocks.Block]) -> list[Flow]:
        """Everything in order; what follows a table, a box or a list keeps a distance from it."""
        flows: list[Flow] = []
        for block in content:
            for part in self._flow(block):
                apart = flows and isinstance(flows[-1], _STANDS_APART) and not isinstance(part, frames.ContentsFlow)
                flows.append(replace(part, before=max(part.before, _APART)) if apart else part)
        return flows

    def _flow(self, block: blocks.Block) -> list[Flow]:
        match block:
            case blocks.Heading():
                return [self._heading(block)]
            case blocks.Paragraph():
                return [flow.Text(stack=self._paragraph(block), before=STYLES[block.style].before, keeps=block.keeps)]
            case blocks.Replaced():
                return self._replaced(block)
            case blocks.Listing():
                return self._listing(block)
            case blocks.Table():
                return self._table(block)
            case blocks.Facts():
                return self._facts(block)
            case blocks.OutcomeBox():
                return [self._outcome(block)]
            case blocks.Signature():
                return [self._signature(block)]
            case blocks.Contents():
                return self._contents(block)
            case blocks.CoverEnd():
                return [flow.PageEnd()]
            case blocks.Squares():
                return [self._squares(block)]
            case _:
                assert_never(block)

    def stack(
        self, text: str, named: TextStyle, width: float, node: Node, *, centred: bool = False, title: bool = False
    ) -> Stack:
        """A text as lines; a paragraph of several that reads the other way stands at its own side, a title never."""
        lines = self._set.lines(text, named, width, own_direction=True)
        entries = []
        for line in lines:
            right = self._right if title or line.alone else line.right_to_left
            align = "centre" if centred else "right" if right else "left"
            entries.append(flow.Entry(line, named, node, align))
        entries[-1] = replace(entries[-1], after=named.after)
        return flow.Stack(tuple(entries))

    def _heading(self, block: blocks.Heading) -> Flow:
        if block.level == 1:
            self._section = self._root.child("Sect")
        named = STYLES[f"h{block.level}"]
        node = self._section.child(f"H{block.level}")
        stack = self.stack(block.text, named, self._page.text_width, node, title=True)
        return flow.Text(stack=stack, before=named.before, keeps=True, heading=block.level, title=block.text)

    def _paragraph(self, block: blocks.Paragraph) -> Stack:
        kind = "H1" if block.style == "title" else "P"
        node = self._section.child(kind, language=block.language or "")
        title = block.style in ("title", "overline", "place")
        return self.stack(block.text, STYLES[block.style], self._page.text_width, node, title=title)

    def _replaced(self, block: blocks.Replaced) -> list[Flow]:
        if not self._set.replaced:
            return []
        text = block.text.replace("{count}", str(self._set.replaced))
        return [flow.Text(stack=self._paragraph(blocks.Paragraph(text)))]

    def _listing(self, block: blocks.Listing) -> list[Flow]:
        listing = self._section.child("L")
        named = STYLES["body"]
        flows: list[Flow] = []
        for point in block.points:
            body = listing.child("LI").child("LBody")
            stack = self.stack(f"•\u2002{point}", replace(named, after=3), self._page.text_width - _INDENT, body)
            flows.append(flow.Text(stack=stack))
        return flows

    def _table(self, block: blocks.Table) -> list[Flow]:
        if not block.rows:
            return []
        table = self._section.child("Table")
        shares = sum(column.share for column in block.columns)
        widths = tuple(self._page.text_width * column.share / shares for column in block.columns)
        head_node = table.child("TR")
        head = tables.Row(
            tuple(
                self.stack(
                    column.title,
                    STYLES["head"],
                    tables.cell_width(width),
                    head_node.child("TH", scope="Column"),
                    centred=column.centred,
                )
                for column, width in zip(block.columns, widths, strict=True)
            )
        )
        centred = [column.centred for column in block.columns]
        rows = tuple(self._row(table, cells, widths, centred) for cells in block.rows)
        if head.height > self._page.text_height * _TALLEST_HEAD:
            return [tables.TableFlow(head=None, rows=(head, *rows), widths=widths, right_to_left=self._right)]
        return [tables.TableFlow(head=head, rows=rows, widths=widths, right_to_left=self._right)]

    def _facts(self, block: blocks.Facts) -> list[Flow]:
        if not block.rows:
            return []
        table = self._section.child("Table")
        width = self._page.text_width
        widths = (width * block.share, width * (1 - block.share))
        rows = tuple(self._row(table, cells, widths, [False, False]) for cells in block.rows)
        return [tables.TableFlow(head=None, rows=rows, widths=widths, right_to_left=self._right)]

    def _row(
        self, table: Node, cells: tuple[blocks.Cell, ...], widths: tuple[float, ...], centred: list[bool]
    ) -> tables.Row:
        row = table.child("TR")
        stacks = []
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            name = place == 0
            node = row.child("TH" if name else "TD", scope="Row" if name else "", language=cell.language or "")
            text_width = tables.cell_width(width)
            stacks.append(self.stack(cell.text, STYLES[cell.style], text_width, node, centred=centred[place]))
        return tables.Row(tuple(stacks))

    def _outcome(self, block: blocks.OutcomeBox) -> Flow:
        figure = self._section.child("Figure", alternative=block.alternative)
        width = frames.box_text_width(self._page.text_width)
        word = blocks.Paragraph(block.label, "outcome")
        stacks = [
            self.stack(line.text, STYLES[line.style], width, self._section.child("P"), title=True)
            for line in (word, *block.lines)
        ]
        return frames.Box(
            code=block.code, stack=flow.stack_of(stacks), figure=figure, right_to_left=self._right, before=4
        )

    def _signature(self, block: blocks.Signature) -> Flow:
        width = self._page.text_width
        title = self.stack(block.title, replace(STYLES["h3"], after=1), width, self._section.child("H2"))
        meaning = self.stack(block.meaning, STYLES["muted"], width, self._section.child("P"))
        named = STYLES["field"]
        hint = self.stack(block.hint, named, width / 2, self._section.child("P"))
        ink = tuple(self.stack(line, named, frames.ink_width(width), self._section.child("P")) for line in block.ink)
        return frames.SignatureFlow(
            role=block.role,
            title=block.title,
            words=flow.stack_of([title, meaning]),
            hint=hint,
            ink=ink,
            form=self._section.child("Form"),
            right_to_left=self._right,
            before=14,
            keeps=block.keeps,
        )

    def _squares(self, block: blocks.Squares) -> Flow:
        figure = self._section.child("Figure", alternative=block.alternative)
        return squares.SquaresFlow(rows=squares.modules(block.text), figure=figure, right_to_left=self._right, before=4)

    def _contents(self, block: blocks.Contents) -> list[Flow]:
        named = STYLES["contents"]
        title = self.stack(block.title, STYLES["h2"], self._page.text_width, self._section.child("P"))
        contents = self._section.child("TOC")
        lines = []
        for target, heading in enumerate(self._headings):
            if heading.level != 1:
                continue
            link = contents.child("TOCI").child("Reference").child("Link")
            stack = self.stack(heading.text, named, self._page.text_width - 40, link)
            lines.append(frames.ContentsLine(stack, link, target, heading.text))
        return [
            flow.Text(stack=title, before=STYLES["h2"].before, keeps=True),
            frames.ContentsFlow(lines=tuple(lines), waiting=self.numbers),
        ]
