"""Comments as people write them: whose they are, what is open, and what a history tells of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from hrddp_desktop.errors import AnswerError, Code
from hrddp_desktop.services import history
from hrddp_desktop.services.comments import Comments

if TYPE_CHECKING:
    from hrddp_desktop.services.records import Office


def test_a_thread_is_of_one_question_and_open_until_somebody_resolves_it(office: Office) -> None:
    record = office.new_assessment()
    row = record.add_row("a1_recipients").added_row
    cell = f"a1_recipients/{row}/rec_name"
    comments = Comments(record)
    for path, text in (("a0_title", "Too long"), (cell, "Which unit?"), ("a0_title", "Better"), ("a1_recipients", "?")):
        assert comments.say(path, f"  {text} ").path == path
    assert [each.text for each in comments.at("a0_title")] == ["Too long", "Better"]
    assert [each.author for each in comments.at(cell)] == ["Ada Example"]
    comments.resolve(comments.at("a0_title")[0])
    assert comments.still_open() == {"a0_title": 1, cell: 1, "a1_recipients": 1}
    comments.resolve(comments.at("a0_title")[0], resolved=False)
    assert comments.still_open()["a0_title"] == 2
    record.remove_row("a1_recipients", str(row))
    assert cell not in comments.still_open()
    record.undo()
    assert comments.still_open()[cell] == 1


def test_its_author_alone_changes_or_withdraws_a_comment(office: Office) -> None:
    record = office.new_assessment()
    comments = Comments(record)
    comments.say("a0_title", "Mine")
    (own,) = comments.at("a0_title")
    other = replace(own, actor="somebody")
    assert comments.is_own(own)
    assert not comments.is_own(other)
    for act in (partial(comments.change, other, "x"), partial(comments.withdraw, other)):
        with pytest.raises(AnswerError) as caught:
            act()
        assert caught.value.code is Code.COMMENT_OF_OTHER
    comments.change(own, "Mine, changed \ud83d")
    comments.withdraw(comments.at("a0_title")[0])
    assert comments.at("a0_title") == ()
    told = [line.done for line in history.lines(record.session.definition, record.history(), path="a0_title")]
    assert [each for each in told if each.startswith("Comment")] == [
        "Comment written: Mine",
        "Comment changed: Mine, changed ?",
        "Comment withdrawn: Mine, changed ?",
    ]


def test_a_question_that_is_not_there_takes_no_comment(office: Office) -> None:
    record = office.new_assessment()
    for path in ("nothing", "a1_recipients/R9/rec_name"):
        with pytest.raises(AnswerError):
            Comments(record).say(path, "?")


def test_a_comment_is_no_answer_and_changes_no_decision(office: Office) -> None:
    record = office.new_assessment()
    before = record.answers_file(), record.decision(), record.missing()
    Comments(record).say("a0_title", "Is this the right title?")
    assert (record.answers_file(), record.decision(), record.missing()) == before
