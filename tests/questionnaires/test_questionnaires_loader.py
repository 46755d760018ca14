"""A file becomes a questionnaire, or one clear refusal; what is the same has the same digest."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.definition import Missing, Role, Standing, Text
from questionnaires.faults import Fault, QuestionnaireFaults

HERE = Path(__file__).parent
FOUR_ITEMS = HERE / "four-items.toml"


def refusal(path: Path) -> str:
    with pytest.raises(QuestionnaireFaults) as caught:
        loader.read(path)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "q.toml"
    path.write_bytes(content)
    return path


def test_a_file_is_read_into_frozen_parts() -> None:
    questionnaire = loader.read(HERE / "tiers-and-areas.toml")
    assert [item.code for item in questionnaire.items_of("mindset")] == [f"mindset_{i}" for i in (1, 2, 3, 4)]
    assert [item.reverse for item in questionnaire.scored_items] == [False, False, False, True]
    tier = questionnaire.role_item(Role.TIER)
    assert tier is not None
    assert [option.standing for option in tier.options] == list(Standing)
    agree = questionnaire.items["mindset_1"].option_set
    assert agree is not None
    assert [option.score for option in agree.options] == [0, 25, 50, 75, 100, None]
    assert agree.by_code["dk"].missing is Missing.DONT_KNOW


def test_a_free_text_without_a_limit_gets_one() -> None:
    text = (HERE / "every-kind.toml").read_text().replace("max_length = 500\n", "")
    assert loader.parse(text).items["one_change"].max_length == 2000


def test_what_is_not_toml_is_named_with_line_and_column(tmp_path: Path) -> None:
    line = refusal(written(tmp_path, b'code = "a"\ntitle = oops\n'))
    assert line.startswith("q.toml: line 2, column 9: this is not TOML")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b'code = "a"\ntitle = "caf\xe9"\n', "line 2 is not written in UTF-8"),
        ('code = "a"'.encode("utf-16"), "written in UTF-16"),
        (b"PK\x03\x04\x00\x00", "the file is not a text"),
        (b"#" * (1024 * 1024 + 1), "larger than 1 MiB"),
        (b"a = 1\na = 2\n", "this is not TOML"),
        (b"a = 2026-02-31T00:00:00\n", "this is not TOML"),
        (b"a = " + b"9" * 5000, "this is not TOML"),
        (b"a = " + b"[" * 5000, "too deeply"),
        (b"a." * 200_000 + b"a = 1", "line 1 has more than 200 dots"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    line = refusal(written(tmp_path, content))
    assert words in line
    assert "\n" not in line


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = FOUR_ITEMS.read_text()
    path = written(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert loader.read(path) == loader.read(FOUR_ITEMS)
    assert loader.digest(loader.contents(path)) == loader.digest(text)


@given(st.text(max_size=200))
def test_no_text_crashes_the_loader(text: str) -> None:
    with pytest.raises(QuestionnaireFaults) as caught:
        loader.parse(text)
    assert caught.value.faults


VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "options", "x"]), inner),
    max_leaves=6,
)
KEYS = ("code", "version", "language", "audience", "title", "option_sets", "dimensions", "sections")


@given(key=st.sampled_from(KEYS), value=VALUES)
def test_any_value_under_any_key_is_a_questionnaire_or_a_fault(key: str, value: object) -> None:
    content = dict(loader.table(FOUR_ITEMS.read_text(), file="four-items.toml")) | {key: value}
    faults: tuple[Fault, ...] = ()
    try:
        loader.from_table(content, file="four-items.toml")
    except QuestionnaireFaults as error:
        faults = error.faults
    assert all(fault.message and fault.remedy for fault in faults)


def test_comments_and_spacing_leave_the_digest_alone_and_a_word_does_not() -> None:
    text = FOUR_ITEMS.read_text()
    assert loader.digest(text) == loader.digest("# a remark\n\n" + text.replace(" = ", "  =  "))
    assert loader.digest(text) != loader.digest(text.replace("Four items", "Five items"))


def measurement(text: str) -> str:
    return loader.measurement_digest(loader.parse(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Change works well", "Change works badly"),
        ('code = "mindset_1"', 'code = "mindset_9"'),
        ('label = "Agree"', 'label = "I agree"'),
        ("score = 25", "score = 30"),
        ("reverse = true\n", ""),
        ('"DONT_KNOW"', '"NOT_APPLICABLE"'),
    ],
)
def test_what_measures_changes_the_measurement_digest(old: str, new: str) -> None:
    text = (HERE / "reverse-item.toml").read_text()
    assert text.count(old) == 1
    assert measurement(text) != measurement(text.replace(old, new))


def test_titles_may_change_without_changing_the_measurement() -> None:
    text = FOUR_ITEMS.read_text()
    renamed = text.replace('title = "Mindset"', 'title = "How we think"').replace("Four items", "A survey")
    assert renamed != text
    assert measurement(renamed) == measurement(text)


def test_a_questionnaire_crosses_to_a_child_process_whole() -> None:
    questionnaire = loader.read(FOUR_ITEMS)
    arrived = pickle.loads(pickle.dumps(questionnaire))  # noqa: S301 - our own bytes
    assert arrived == questionnaire
    assert arrived.title.lang == "en"
    assert loader.measurement_digest(arrived) == loader.measurement_digest(questionnaire)


def test_a_text_keeps_its_language_when_it_is_copied() -> None:
    text = copy.copy(Text("Cytuno", "cy", "Agree"))
    assert (text, text.lang, text.base) == ("Cytuno", "cy", "Agree")
