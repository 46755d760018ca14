"""A hostile file of the largest size costs seconds, not minutes."""

from __future__ import annotations

import time

import pytest

from questionnaires import loader
from questionnaires.faults import QuestionnaireFaults

SECTION = '[[sections]]\ncode = "s"\ntitle = "S"\n[[sections.pages]]\ncode = "p"\n'
ITEM = '[[sections.pages.items]]\ncode = "i{0}"\ntext = "x{0}"\nkind = "text"\n'
CHAIN = ITEM + 'asked_if = {{ item = "i{1}", in = ["1"] }}\n'
LOST = ITEM + 'option_set = "o{0}"\ndimension = "d{0}"\ntheme = "t{0}"\n'
SET = '[[option_sets]]\ncode = "s{0}"\noptions = [{{ code = "a", label = "A" }}, {{ code = "b", label = "B" }}]\n'

HOSTILE = {
    "conditions in one long chain": SECTION + "".join(CHAIN.format(i, i + 1) for i in range(3000)),
    "a circle of 3000 conditions": SECTION + "".join(CHAIN.format(i, (i + 1) % 3000) for i in range(3000)),
    "thousands of lost references": "".join(SET.format(i) for i in range(3000))
    + SECTION
    + "".join(LOST.format(i) for i in range(3000)),
    "thousands of unknown keys": "".join(f"audience{i} = 1\n" for i in range(20_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_seconds(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(QuestionnaireFaults) as caught:
        loader.parse(text)
    assert len(caught.value.faults) >= 3000
    assert time.process_time() - begun < 10
