"""What a correction may show beside the release before it."""

from __future__ import annotations

import pandas as pd

from reports.disclosure.recut import recuts


def release(whole: int, housing: int | None, planning: int | None = 30) -> dict[str, pd.DataFrame]:
    """An authority with two service areas; None is a withheld count."""
    of = {"authority": "A", "measure": "agile"}
    parts = [of | {"kind": "service_area", "group": name, "n": n} for name, n in (("housing", housing), ("planning", planning))]  # fmt: skip
    frames = {"scores": pd.DataFrame([of | {"n": whole}]), "group_scores": pd.DataFrame(parts)}
    return {name: frame.astype({"n": "Int64"}) for name, frame in frames.items()}


def named(new: dict[str, pd.DataFrame], told: dict[str, pd.DataFrame]) -> list[str]:
    return [one.group for one in recuts(new, told, minimum=11)]


def test_a_part_that_was_withheld_may_not_appear_with_a_late_batch() -> None:
    """36 people before, 6 of them in housing; 12 more in housing: 18 there less the 12 by which all grew are the 6."""
    assert named(release(48, 18), release(36, None)) == ["service_area housing"]


def test_a_part_that_was_shown_may_not_disappear_when_people_left() -> None:
    assert named(release(36, None), release(48, 18)) == ["service_area housing"]


def test_where_nobody_came_or_went_another_part_may_be_withheld_now() -> None:
    """A scale that holds together no more is withheld whole: nobody is told about by what is missing."""
    assert named(release(48, None, None), release(48, 18, 30)) == []


def test_a_batch_of_eleven_in_a_part_that_both_show_is_told() -> None:
    assert named(release(59, 29), release(48, 18)) == []
