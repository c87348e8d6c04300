"""A form that uses everything a session can do, small enough to read at one sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.forms import write_form

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = (
    "type,name,label,relevant,required,constraint,constraint_message,calculation,choice_filter,default,"
    "read_only,action,due,lanes,excuse,table,row_prefix"
)
SURVEY = """begin_group,first,First,,,,,,,,,0,,,,,
text,title,Title,,yes,string-length(.) <= 10,Ten signs at most.,,,,,,,,,,
select_one yes_no,gate,Gate,,yes,,,,,,,,,,,,
text,why,Why ${title}?,${gate} = 'yes',${size} = 'big',,,,,,,,,,both,,
select_one side,side,Side,,,,,,,,,,,,,,
select_one town,town,Town,,,,,,side = ${side},,,,,,,,
select_one wish,wish,Wish,,,,,,,short,,,,,,,
text,deep,Deep,,yes,,,,,,,,,F,,,
text,both,Both,,yes,,,,,,,,,Fs,,,
text,later,Later,,yes,,,,,,,,clearance,,,,
text,fixed,Fixed,,,,,,,,${gate} = 'no',,,,,,
end_group,,,,,,,,,,,,,,,,
begin_group,second,Second,${gate} = 'yes',,,,,,,,1,,,,,
begin_repeat,units,Units,${gate} = 'yes',${why} != '',,,,,,,,,,na,,R
text,unit,Unit,,yes,,,,,,,,,,,,
select_one yes_no,out,Taken out,,,,,,,no,,,,,,,
begin_group,inner,,${out} != 'yes',,,,,,,,,,,,,
integer,count,Count,,,. >= 0,,,,,,,,,,,
end_group,,,,,,,,,,,,,,,,
calculate,twice,,,,,,${count} * 2,,,,,,,,,
calculate,nth,,,,,,position(..),,,,,,,,,
text,note_on,Note on ${unit},,,,,,,,,2,,,,,
end_repeat,,,,,,,,,,,,,,,,
begin_repeat,goods,Goods,count(${units}) >= 1,,,,,,,,,,,,,S
select_multiple_row units,for_units,For,,yes,,,,,,,,,,,,
select_one_row units,main_unit,Main,,,,,,./out != 'yes',,,,,,,,
calculate,orphan,,,,,,"count(${units}[selected(current()/../for_units, ./_row) and ./out = 'yes'])",,,,,,,,,
end_repeat,,,,,,,,,,,,,,,,
end_group,,,,,,,,,,,,,,,,
begin_group,third,Third,,,,,,,,,2,,,,,
calculate,total,Total,,,,,"sum(${twice})",,,,,,,,,
calculate,size,Size,,,,,"if(${total} > 10, 'big', 'small')",,,,,,,,,
calculate,orphans,,,,,,"if(sum(${orphan}) > 0, 'yes', 'no')",,,,,,,,,
calculate,lane,,,,,,"coalesce(${wish}, 'short')",,,,,,,,,
calculate,verdict,Verdict,,,,,,,,,,,,,verdict,
begin_repeat,checks,Checks,${gate} = 'yes',,,,"join(' ', ${units}[./out != 'yes']/_row)",,,,,,,,,R
calculate,check_title,,,,,,"concat('Check ', ${units}[./_row = current()/../_row]/unit)",,,,,,,,,
calculate,watched,Watched,,,,,"if(selected(${watch}, ../_row), 'yes', 'no')",,,,,,,,,
end_repeat,,,,,,,,,,,,,,,,
select_multiple_row checks,watch,Watch,,,,,,,,,,,,,,
calculate,unwatched,Unwatched,,,,,"count(${checks}[./watched = 'no'])",,,,,,,,,
end_group,,,,,,,,,,,,,,,,
"""
CHOICES = """yes_no,yes,Yes,,
yes_no,no,No,,
side,east,East,,
side,west,West,,
town,dorva,Dorva,east,
town,selm,Selm,west,
wish,short,Short,,
wish,full,Full,,
lane,short,Short,,S
lane,full,Full,,F
size,small,Small,,
size,big,Big,,
outcome,good,Good,,
outcome,bad,Bad,,
"""
SHEETS = {
    "decisions/verdict.csv": (
        "rule,gate,size,orphans,outcome,reason,basis,reference\n"
        "V1,,,yes,bad,An orphan.,house,\nV2,missing,,,missing,Say it.,house,\n"
        "V3,,not small,,bad,Big or not known.,house,\nV4,,,,good,All well.,house,\n"
    ),
    "decisions/variables.csv": (
        "table,variable,list,from\nverdict,gate,yes_no,gate\nverdict,size,size,size\nverdict,orphans,yes_no,orphans\n"
    ),
}


def rich_form(folder: Path) -> Path:
    """The form as sheets in a folder."""
    return write_form(
        folder,
        SURVEY,
        CHOICES,
        headings=HEADINGS,
        choice_headings="list_name,name,label,side,letter",
        settings={"lane": "lane"},
        sheets=SHEETS,
    )
