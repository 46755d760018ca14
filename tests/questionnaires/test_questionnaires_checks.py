"""Every kind of fault that a questionnaire file can have: found, placed, and alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import loader
from questionnaires.faults import Fault, QuestionnaireFaults

HERE = Path(__file__).parent
AGREE = """
[[option_sets]]
code = "agree3"
options = [
  { code = "1", label = "Disagree", score = 0 },
  { code = "2", label = "Neither", score = 50 },
  { code = "3", label = "Agree", score = 100 },
  { code = "dk", label = "Don't know", missing = "DONT_KNOW" },
]
"""
SOUND = f"""
code = "sound"
version = "1"
language = "en"
audience = "officers"
title = "A sound questionnaire"
{AGREE}
[[option_sets]]
code = "tiers"
options = [
  {{ code = "senior", label = "Senior", standing = "senior" }},
  {{ code = "frontline", label = "Frontline", standing = "frontline" }},
]

[[option_sets]]
code = "yes_no"
options = [
  {{ code = "yes", label = "Yes" }},
  {{ code = "no", label = "No" }},
  {{ code = "silent", label = "Prefer not to say", missing = "NOT_ANSWERED" }},
]

[[dimensions]]
code = "mindset"
title = "Digital mindset"
themes = [ {{ code = "ready", title = "Ready" }} ]

[[dimensions]]
code = "agile"
title = "Agile adoption"
themes = [ {{ code = "steps", title = "Small steps" }} ]

[[sections]]
code = "first"
title = "The first section"
intro = "Two lines,\\nbecause an intro may have them."

[[sections.pages]]
code = "first-1"

[[sections.pages.items]]
code = "tier"
text = "Which is your role?"
kind = "choice"
option_set = "tiers"
role = "tier"

[[sections.pages]]
code = "first-2"

[[sections.pages.items]]
code = "mindset_1"
text = "People here welcome change."
kind = "choice"
option_set = "agree3"
dimension = "mindset"
theme = "ready"
asked_if = {{ item = "tier", in = ["senior"] }}

[[sections.pages.items]]
code = "agile_1"
text = "Work here gets stuck."
kind = "choice"
option_set = "agree3"
dimension = "agile"
theme = "steps"
reverse = true

[[sections.pages.items]]
code = "years"
text = "How many years have you worked here?"
kind = "number"
minimum = 0
maximum = 60

[[sections.pages.items]]
code = "comment"
text = "Anything else?"
kind = "text"
max_length = 200

[[sections]]
code = "equality"
title = "Equality"
optional = true

[[sections.pages]]
code = "equality-1"

[[sections.pages.items]]
code = "condition"
text = "Do you have a long-term condition?"
kind = "choice"
option_set = "yes_no"
role = "equality"
"""


def faults_of(text: str) -> tuple[Fault, ...]:
    try:
        loader.parse(text, file="sound.toml")
    except QuestionnaireFaults as error:
        return error.faults
    return ()


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, f"{old!r} must stand once in the sound questionnaire"
    return SOUND.replace(old, new)


def test_the_sound_questionnaire_has_no_faults() -> None:
    assert faults_of(SOUND) == ()


CASES = [
    # (rule, place, what is written, what is written instead)
    ("unknown-key", "item agile_1", "reverse = true", "revers = true"),
    ("missing-key", "item mindset_1", 'text = "People here welcome change."', ""),
    ("wrong-type", "item agile_1", "reverse = true", 'reverse = "yes"'),
    ("wrong-type", "item years", "minimum = 0", "minimum = true"),
    ("wrong-type", "option set agree3, option 1", "score = 0 }", 'score = "0" }'),
    ("empty-text", "", 'title = "A sound questionnaire"', 'title = " "'),
    ("long-text", "item comment", '"Anything else?"', f'"{"long " * 101}?"'),
    ("padded-text", "item comment", '"Anything else?"', '"Anything else? "'),
    ("markup", "item comment", "Anything else?", "Anything <script>else</script>?"),
    ("markup", "item comment", "Anything else?", "Anything&nbsp;else?"),
    ("bidi", "item comment", "Anything else?", "Anything \\u202eelse?"),
    ("control-character", "item comment", "Anything else?", "Anything\\u0007 else?"),
    ("control-character", "item comment", "Anything else?", "Anything\\nelse?"),
    ("control-character", "item comment", "Anything else?", "Any\\u200bthing else?"),
    ("bad-code", "page first-2, item number 3", 'code = "years"', 'code = "years here"'),
    ("bad-code", "", 'language = "en"', 'language = "English"'),
    ("long-code", "", 'language = "en"', 'language = "the English language"'),
    ("unknown-value", "", 'audience = "officers"', 'audience = "everybody"'),
    ("unknown-value", "item tier", 'role = "tier"', 'role = "teer"'),
    ("unknown-value", "option set agree3, option dk", '"DONT_KNOW"', '"NOT_ASKED"'),
    ("empty-list", "page first-0", 'code = "first-1"', 'code = "first-0"\nitems = []\n[[sections.pages]]\ncode = "first-1"'),
    ("duplicate-code", "item Mindset_1", 'code = "agile_1"', 'code = "Mindset_1"'),
    ("duplicate-code", "item mindset", 'code = "agile_1"', 'code = "mindset"'),
    ("duplicate-code", "item ready", 'code = "agile_1"', 'code = "ready"'),
    ("duplicate-code", "theme mindset", 'code = "ready"', 'code = "mindset"'),
    ("duplicate-section", "section first", 'code = "equality"\n', 'code = "first"\n'),
    ("duplicate-page", "page first-1", 'code = "first-2"', 'code = "first-1"'),
    ("duplicate-option-set", "option set agree3", "[[dimensions]]\ncode = \"mindset\"", AGREE + '[[dimensions]]\ncode = "mindset"'),
    ("duplicate-option", "option set agree3, option 2", 'code = "3"', 'code = "2"'),
    ("duplicate-label", "option set agree3, option 2", '"Neither"', '"disagree"'),
    ("reserved-code", "item overall", 'code = "years"', 'code = "overall"'),
    ("reserved-code", "item Authority", 'code = "years"', 'code = "Authority"'),
    ("reserved-code", "item service_area", 'code = "years"', 'code = "service_area"'),
    ("unknown-option-set", "item mindset_1", 'option_set = "agree3"\ndimension = "mindset"', 'option_set = "agree4"\ndimension = "mindset"'),
    ("no-option-set", "item condition", 'option_set = "yes_no"\n', ""),
    ("needless-option-set", "item comment", "max_length = 200", 'option_set = "yes_no"'),
    ("one-option", "option set tiers", '  { code = "frontline", label = "Frontline", standing = "frontline" },\n', ""),
    ("number-limits", "item years", "maximum = 60", "maximum = 0"),
    ("needless-limits", "item comment", "max_length = 200", "minimum = 1"),
    ("needless-limits", "item years", "maximum = 60", "maximum = 60\nmax_length = 5"),
    ("text-limit", "item comment", "max_length = 200", "max_length = 0"),
    ("unknown-dimension", "item mindset_1", 'dimension = "mindset"\ntheme = "ready"', 'dimension = "mindsets"\ntheme = "ready"'),
    ("unknown-theme", "item mindset_1", 'theme = "ready"', 'theme = "redy"'),
    ("theme-of-other-dimension", "item mindset_1", 'theme = "ready"', 'theme = "steps"'),
    ("theme-without-dimension", "item years", "minimum = 0", 'minimum = 0\ntheme = "ready"'),
    ("empty-dimension", "dimension silos", "[[sections]]\ncode = \"first\"", '[[dimensions]]\ncode = "silos"\ntitle = "Silos"\n[[sections]]\ncode = "first"'),
    ("empty-theme", "theme safe", '{ code = "steps", title = "Small steps" }', '{ code = "steps", title = "Small steps" }, { code = "safe", title = "Safe" }'),
    ("score-range", "option set agree3, option 2", "score = 50", "score = 101"),
    ("score-range", "option set agree3, option 2", "score = 50", "score = nan"),
    ("scores-not-in-order", "option set agree3", "score = 50", "score = 0"),
    ("scores-ends", "option set agree3", "score = 100", "score = 90"),
    ("no-score", "option set agree3, option dk", ', missing = "DONT_KNOW"', ""),
    ("scored-and-missing", "option set agree3, option 2", "score = 50", 'score = 50, missing = "NOT_APPLICABLE"'),
    ("few-scores", "option set yes_no", 'label = "Yes"', 'label = "Yes", score = 100'),
    ("reverse-unscored", "item years", "maximum = 60", "maximum = 60\nreverse = true"),
    ("unscorable-kind", "item years", "maximum = 60", 'maximum = 60\ndimension = "agile"'),
    ("unscorable-options", "item condition", 'role = "equality"', 'dimension = "agile"'),
    ("scored-role", "item agile_1", "reverse = true", 'role = "years"'),
    ("scored-optional", "item condition", 'option_set = "yes_no"\nrole = "equality"', 'option_set = "agree3"\ndimension = "agile"'),
    ("role-kind", "item years", "minimum = 0", 'minimum = 0\nrole = "programmes"'),
    ("duplicate-role", "item condition", 'role = "equality"', 'role = "tier"'),
    ("equality-not-optional", "item condition", "optional = true", "optional = false"),
    ("equality-no-way-out", "item condition", '"Prefer not to say", missing = "NOT_ANSWERED"', '"Both"'),
    ("stray-standing", "option set yes_no, option yes", 'label = "Yes"', 'label = "Yes", standing = "senior"'),
    ("no-standing", "option set tiers, option frontline", ', standing = "frontline"', ""),
    ("condition-unknown-item", "item mindset_1", 'item = "tier"', 'item = "tear"'),
    ("condition-unknown-option", "item mindset_1", 'in = ["senior"]', 'in = ["chief"]'),
    ("condition-kind", "item condition", 'role = "equality"', 'role = "equality"\nasked_if = { item = "years", in = ["5"] }'),
    ("condition-same-page", "item mindset_1", '{ item = "tier", in = ["senior"] }', '{ item = "agile_1", in = ["1"] }'),
    ("condition-later-item", "item tier", 'role = "tier"', 'role = "tier"\nasked_if = { item = "agile_1", in = ["1"] }'),
    ("condition-circle", "item agile_1", "reverse = true", 'asked_if = { item = "agile_1", in = ["1"] }'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place", "old", "new"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)])
def test_one_fault_is_found_in_its_place_and_alone(rule: str, place: str, old: str, new: str) -> None:
    found = faults_of(changed(old, new))
    assert (rule, place) in {(fault.rule, fault.place) for fault in found}
    assert {fault.rule for fault in found} <= {rule, *FOLLOWS.get(rule, ())}


FOLLOWS = {  # what another fault brings with it
    "duplicate-code": ("unknown-theme", "empty-theme"),
    "few-scores": ("no-score",),
    "wrong-type": ("scores-ends",),
    "duplicate-role": ("no-standing", "equality-no-way-out"),
    "unscorable-options": ("scored-optional",),
    "unknown-value": ("stray-standing", "reserved-code"),
    "unknown-theme": ("empty-theme",),
    "unknown-dimension": ("empty-dimension", "theme-of-other-dimension"),
    "theme-of-other-dimension": ("empty-theme",),
}


def test_at_least_25_kinds_of_fault_are_told_apart() -> None:
    assert len({case[0] for case in CASES}) >= 25


def test_a_circle_of_two_items_is_named_from_both_ends() -> None:
    text = changed('role = "tier"', 'role = "tier"\nasked_if = { item = "mindset_1", in = ["1"] }')
    found = [fault for fault in faults_of(text) if fault.rule == "condition-circle"]
    assert [fault.place for fault in found] == ["item tier", "item mindset_1"]
    assert "tier → mindset_1 → tier" in found[0].message


def test_a_condition_on_an_item_of_an_optional_section_is_refused() -> None:
    later = """
[[sections]]
code = "last"
title = "Last"
[[sections.pages]]
code = "last-1"
[[sections.pages.items]]
code = "why"
text = "Why?"
kind = "text"
asked_if = { item = "condition", in = ["yes"] }
"""
    assert [fault.rule for fault in faults_of(SOUND + later)] == ["condition-optional-item"]


def test_twenty_kinds_of_fault_at_once_are_twenty_clear_lines() -> None:
    file = HERE / "twenty-faults.toml"
    with pytest.raises(QuestionnaireFaults) as caught:
        loader.read(file)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.faults)
    assert len({fault.rule for fault in caught.value.faults}) >= 20
    assert all(line.startswith("twenty-faults.toml: ") for line in lines)
    assert all(fault.remedy.endswith((".", "?")) for fault in caught.value.faults)


def test_a_fault_shows_nothing_hidden_from_the_file() -> None:
    (fault,) = faults_of(changed('code = "years"', 'code = "\\u001b[31mred\\nline"'))
    assert "\x1b" not in str(fault)
    assert "\n" not in str(fault)


ADVICE = [
    ("small-theme", "theme ready", "", ""),
    ("no-reverse-item", "dimension agile", "reverse = true\n", ""),
    ("no-theme", "dimension agile", 'code = "comment"', 'code = "agile_2"\ntext = "Small steps."\nkind = "choice"\noption_set = "agree3"\ndimension = "agile"\n[[sections.pages.items]]\ncode = "comment"'),
    ("no-role-item", "", "", ""),
    ("no-limits", "item years", "maximum = 60\n", ""),
    ("unused-option-set", "option set agree3", "[[dimensions]]\ncode = \"mindset\"", '[[option_sets]]\ncode = "spare"\noptions = [{ code = "a", label = "A" }, { code = "b", label = "B" }]\n[[dimensions]]\ncode = "mindset"'),
    ("duplicate-wording", "item comment", '"Anything else?"', '"Which is  your role?"'),
    ("spreadsheet-code", "option set yes_no, option 2-4", 'code = "yes"', 'code = "2-4"'),
    ("long-page", "page first-2", "[[sections]]\ncode = \"equality\"", "".join(f'[[sections.pages.items]]\ncode = "more_{i}"\ntext = "More {i}?"\nkind = "text"\n' for i in range(5)) + '[[sections]]\ncode = "equality"'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place", "old", "new"), ADVICE, ids=[case[0] for case in ADVICE])
def test_advice_is_given_and_refuses_nothing(rule: str, place: str, old: str, new: str) -> None:
    text = changed(old, new) if old else SOUND
    assert faults_of(text) == ()
    given = loader.advice(text)
    assert all(one.is_advice for one in given)
    assert (rule, place.replace("agree3", "spare")) in {(one.rule, one.place) for one in given}


def test_a_self_assessment_is_not_advised_to_have_more_items() -> None:
    text = changed('audience = "officers"', 'audience = "authority"')
    assert loader.advice(text) == ()
