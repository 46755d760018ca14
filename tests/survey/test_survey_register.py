"""The register: attributes have dates, a file goes in whole or not at all, and every fault says where and what to do."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import audit, register, register_changes, register_words
from survey.db import Database
from survey.errors import BadInput, NotFound, Refusal
from survey.models import Authority, AuthorityAttribute
from survey.register import ImportedAuthorities

FIRST = b"code,name,type,nation,region\nE1,Avonmere,district,England,South West\nW1,Bryn,unitary,Wales,\n"
SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)


def bring(database: Database, session: Session, content: bytes, on: date, now: datetime) -> ImportedAuthorities:
    with database.write(session):
        done = register.import_authorities(session, content, on=on, now=now, actor="person:1")
        session.commit()
    return done


def attributes(session: Session, code: str, day: date) -> dict[str, str]:
    authority = register.by_code(session, code)
    return register.attributes_on(session, [authority.id], day)[authority.id]


def refused(session: Session, content: bytes, now: datetime) -> tuple[str, ...]:
    with pytest.raises(BadInput) as refusal:
        register.import_authorities(session, content, on=SPRING, now=now, actor="person:1")
    session.rollback()
    assert session.scalars(select(func.count()).select_from(Authority)).one() == 0
    return refusal.value.faults or (refusal.value.sentence,)


def test_a_first_file_adds_its_authorities_with_their_attributes(database: Database, session: Session, now: datetime):
    assert bring(database, session, FIRST, SPRING, now) == ImportedAuthorities(added=2, changed=0, unchanged=0)
    assert attributes(session, "E1", SPRING) == {"type": "district", "nation": "England", "region": "South West"}
    assert attributes(session, "W1", SPRING) == {"type": "unitary", "nation": "Wales"}
    assert audit.recent(session)[0].details == {"on": "2026-04-01", "added": 2, "changed": 0, "unchanged": 0}


def test_an_import_tells_which_types_nations_and_regions_are_new(database: Database, session: Session, now: datetime):
    first = bring(database, session, FIRST, SPRING, now)
    assert register_words.by_kind(first.new_words) == {
        "type": ("district", "unitary"),
        "nation": ("England", "Wales"),
        "region": ("South West",),
    }
    slip = b"code,name,type,nation,mood\nE2,Coldharrow,distrct,England,good\nE3,Dunmarsh,district,England,bad\n"
    later = bring(database, session, slip, AUTUMN, now)
    assert register_words.sentences(later.new_words) == (
        "New types in the register: “distrct”.",
        "Is each spelt as you meant it? Each makes a group of its own.",
    )
    assert register_words.sentences(bring(database, session, slip, AUTUMN, now).new_words) == ()


def test_nothing_is_known_before_the_day_of_the_file(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    assert attributes(session, "E1", date(2026, 3, 31)) == {}


def test_the_same_file_again_changes_nothing(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    assert bring(database, session, FIRST, AUTUMN, now) == ImportedAuthorities(added=0, changed=0, unchanged=2)
    assert session.scalars(select(func.count()).select_from(AuthorityAttribute)).one() == 5


def test_a_new_value_ends_the_old_one_on_its_day(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    done = bring(database, session, FIRST.replace(b"district", b"unitary"), AUTUMN, now)
    assert done == ImportedAuthorities(added=0, changed=1, unchanged=1)
    assert attributes(session, "E1", date(2026, 9, 30))["type"] == "district"
    assert attributes(session, "E1", AUTUMN)["type"] == "unitary"


def test_an_empty_cell_ends_what_was_known(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    bring(database, session, FIRST.replace(b"South West", b""), AUTUMN, now)
    assert "region" not in attributes(session, "E1", AUTUMN)
    assert attributes(session, "E1", SPRING)["region"] == "South West"


def test_a_correction_on_the_same_day_leaves_one_value(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    bring(database, session, FIRST.replace(b"district", b"county"), SPRING, now)
    assert attributes(session, "E1", SPRING)["type"] == "county"
    assert session.scalars(select(func.count()).select_from(AuthorityAttribute)).one() == 5


def test_a_file_from_before_what_is_known_is_refused(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, AUTUMN, now)
    with pytest.raises(BadInput) as refusal:
        bring(database, session, FIRST.replace(b"district", b"county"), SPRING, now)
    assert refusal.value.faults == (
        "row 2, column type: what was true after 2026-04-01 is already known. Import with a later date.",
    )
    assert attributes(session, "E1", AUTUMN)["type"] == "district"


def test_an_authority_that_the_file_leaves_out_stays(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    bring(database, session, b"code,name\nE1,Avonmere and Coast\n", AUTUMN, now)
    assert [authority.name for authority in register.all_authorities(session)] == ["Avonmere and Coast", "Bryn"]
    assert attributes(session, "E1", AUTUMN)["type"] == "district"


def test_every_fault_of_a_file_is_named_with_row_column_and_remedy(session: Session, now: datetime):
    content = (
        "code,name,type\n"
        "E1,Avonmere,district\n"
        ",Nameless code,district\n"
        "E1,Avonmere again,district\n"
        "E 2,Space,district\n"
        "=E3,Formula,district\n"
        "E4,,district\n"
        f"E5,{'x' * 301},district\n"
        "E6,Short row\n"
        'E7,"Two\nlines",district\n'
    ).encode()
    assert refused(session, content, now) == (
        "row 3, column code: the cell is empty. Every authority has a code and a name.",
        "row 4, column code: “E1” is already in row 2. Keep one.",
        "row 5, column code: “E 2” is no code. Use letters and digits, after the first also . _ and -.",
        "row 6, column code: “=E3” is no code. Use letters and digits, after the first also . _ and -.",
        "row 7, column name: the cell is empty. Every authority has a code and a name.",
        "row 8, column name: 301 characters; at most 300 fit.",
        "row 9: 2 cells under 3 columns. Check commas and quotation marks.",
        "row 11, column name: there is a line break or a control character. Take it out.",
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"code,name\n", "no authority"),
        (b"name,type\nA,b\n", "column code is missing"),
        (b"code,name,type,type\nA,b,c,d\n", "is there 2 times"),
        (b"code,name,\nA,b,c\n", "no name"),
        (b"code,name\nA,\xe9\n", "Row 2 is not written in UTF-8"),
        ("code,name\nA,b\n".encode("utf-16"), "not written in UTF-8"),
        (b"code,name\nA,b\0\n", "not a text file"),
        (b'code,name\nA,"b\n', "is not CSV"),
        (b'code,name\nA,"b"c\n', "is not CSV"),
        (b"PK\x03\x04\0\0", "not a text file"),
        (b"code;name\nA;b\n", "column code is missing"),
        (b"code,name\n" + b"A,b\n" * 20_001, "more than 20000"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MiB"),
        (b"code,name," + b",".join(b"c%d" % number for number in range(60)) + b"\n", "at most 60"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_file_that_is_no_register_is_refused_whole(session: Session, now: datetime, content: bytes, fault: str):
    assert fault in refused(session, content, now)[0]


def test_a_byte_order_mark_and_spaces_around_cells_are_no_fault(database: Database, session: Session, now: datetime):
    bring(database, session, b"\xef\xbb\xbfcode , name\r\n E1 , Avonmere \r\n\r\n", SPRING, now)
    assert [(one.code, one.name) for one in register.all_authorities(session)] == [("E1", "Avonmere")]


def test_an_unknown_code_is_not_there(session: Session):
    with pytest.raises(NotFound, match="no authority X9"):
        register.by_code(session, "X9")


def test_the_last_successor_stands_in_place_of_a_chain(database: Database, session: Session, now: datetime):
    with database.write(session):
        first, second, third, other = (Authority(code=code, name=code) for code in ("A", "B", "C", "D"))
        session.add_all([first, second, third, other])
        session.flush()
        register.succeed(session, first, second, on=SPRING, now=now, actor="person:1")
        register.succeed(session, second, third, on=AUTUMN, now=now, actor="person:1")
        register.succeed(session, second, other, on=AUTUMN, now=now, actor="person:1")
        with pytest.raises(Refusal, match="after itself"):
            register.succeed(session, third, first, on=AUTUMN, now=now, actor="person:1")
        session.commit()
    assert register.successors(session, first.id, date(2026, 3, 31)) == ()
    assert [one.code for one in register.successors(session, first.id, SPRING)] == ["B"]
    assert [one.code for one in register.successors(session, first.id, AUTUMN)] == ["C", "D"]
    assert register.successors(session, third.id, AUTUMN) == ()


# What a file would change


def test_a_difference_is_shown_before_anything_is_written(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, SPRING, now)
    second = (
        b"code,name,type,nation,region,end,successor\n"
        b"E1,Avonmere and Coast,unitary,England,South West,,\n"
        b"E3,Coldharrow,unitary,England,,,\n"
        b"W1,Bryn,unitary,Wales,,2026-10-01,E3\n"
    )
    found = register.compare(session, second, on=AUTUMN)
    assert list(register_changes.lines(found)) == [
        "new: E3 Coldharrow",
        "change: E1 Avonmere and Coast: name “Avonmere” becomes “Avonmere and Coast”",
        "change: E1 Avonmere and Coast: type “district” becomes “unitary”",
        "end: W1 Bryn: no more from 2026-10-01; in its place E3",
    ]
    assert [one.name for one in register.all_authorities(session)] == ["Avonmere", "Bryn"]
    done = bring(database, session, second, AUTUMN, now)
    assert done.difference == found
    assert done == ImportedAuthorities(added=1, changed=2, unchanged=0)
    assert not register.compare(session, second, on=AUTUMN)


def test_an_authority_that_ends_has_no_attributes_from_that_day_and_a_successor(
    database: Database, session: Session, now: datetime
):
    bring(database, session, FIRST, SPRING, now)
    bring(database, session, b"code,name,end,successor\nW1,Bryn,2026-10-01,E1\n", SPRING, now)
    assert attributes(session, "W1", date(2026, 9, 30)) == {"type": "unitary", "nation": "Wales"}
    assert attributes(session, "W1", AUTUMN) == {}
    bryn = register.by_code(session, "W1")
    assert register.successors(session, bryn.id, date(2026, 9, 30)) == ()
    assert [one.code for one in register.successors(session, bryn.id, AUTUMN)] == ["E1"]


def test_a_new_authority_begins_on_its_own_first_day(database: Database, session: Session, now: datetime):
    bring(database, session, b"code,name,type,start\nE9,Old,district,1974-04-01\n", AUTUMN, now)
    assert attributes(session, "E9", date(1974, 4, 1)) == {"type": "district"}
    assert attributes(session, "E9", date(1974, 3, 31)) == {}


def test_an_attribute_of_an_authority_that_has_ended_can_be_put_right(
    database: Database, session: Session, now: datetime
):
    ended = b"code,name,type,start,end\nE9,Old,distrct,1974-04-01,2023-04-01\n"
    bring(database, session, ended, AUTUMN, now)
    bring(database, session, ended.replace(b"distrct", b"district"), AUTUMN, now)
    assert attributes(session, "E9", date(2023, 3, 31)) == {"type": "district"}
    assert attributes(session, "E9", date(2023, 4, 1)) == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"E1,A,1974-13-01,,", "row 2, column start: “1974-13-01” is no day. Write it as 2023-04-01."),
        (b"E1,A,2023-04-01,1974-04-01,", "row 2, column end: it lies before the start. Correct one of the two."),
        (b"E1,A,,,E2", "row 2, column successor: an authority with a successor needs the day of its end."),
        (b"E1,A,1974-04-01,2023-04-01,E1", "row 2, column successor: an authority cannot come after itself."),
        (b"E1,A,,2023-04-01,", "row 2, column start: say when it began: it has ended before 2026-04-01."),
        (b"E1,A,1974-04-01,2023-04-01,E2", "row 2, column successor: “E2” is not in the register and not in the file. Add it."),
    ],
)  # fmt: skip
def test_a_life_that_cannot_be_is_refused(session: Session, now: datetime, line: bytes, fault: str):
    assert refused(session, b"code,name,start,end,successor\n" + line + b"\n", now) == (fault,)


def test_an_end_before_what_is_known_is_refused(database: Database, session: Session, now: datetime):
    bring(database, session, FIRST, AUTUMN, now)
    with pytest.raises(BadInput) as refusal:
        bring(database, session, b"code,name,end\nE1,Avonmere,2026-04-01\n", AUTUMN, now)
    assert refusal.value.faults == (
        "row 2, column end: what is true from 2026-10-01 is already known. Give a later end.",
    )
