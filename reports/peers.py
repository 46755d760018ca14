"""Peer groups: which authorities an authority is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from reports import similarity

ALL = "all"
NEAREST, LIST = "nearest", "list"
KINDS = ("nation", "region", "type", "type_rurality", "deprivation_fifth")
"""Kinds of groups that follow from one attribute, or from two, and divide the authorities."""

_ATTRIBUTES = {"type_rurality": ("type", "rurality")}
_BETWEEN = ", "


@dataclass(frozen=True)
class Register:
    """The authorities of a wave (AUTHORITIES) with the menu that was frozen for it (MENU)."""

    authorities: pd.DataFrame
    menu: pd.DataFrame


def register(authorities: pd.DataFrame | None, menu: pd.DataFrame | None) -> pd.DataFrame | Register | None:
    """The authorities, with their frozen menu where there is one. Methodology 5 and 10, rule 8.

    >>> from reports import example
    >>> register(example.authorities(), None) is example.authorities()
    True
    """
    return authorities if authorities is None or menu is None else Register(authorities, menu)


def groups(authorities: pd.DataFrame, lists: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every group of the fixed menu with its authorities, own authority included.

    One row a group and authority, columns `peer_group` and `authority`: `all`; then `nation:Wales`, regions, types,
    `type_rurality:district, Rural`, `deprivation_fifth:1` (the most deprived), each in alphabetical order; then the
    uploaded `lists` (the same two columns, `list:Coastal towns`), their authorities that are not here left out; then
    `nearest:<code>`, the 15 nearest of one authority and itself (`similarity.nearest`), which is its own group and
    nobody else's. An authority with an empty attribute is in no group of that kind (methodology 5).

    >>> register = pd.DataFrame({"code": ["a", "b"], "nation": ["Wales", None]})
    >>> groups(register).values.tolist()
    [['all', 'a'], ['all', 'b'], ['nation:Wales', 'a']]
    """
    parts = [pd.DataFrame({"peer_group": ALL, "authority": sorted(authorities["code"])})]
    for kind in KINDS:
        named = _named(authorities, _ATTRIBUTES.get(kind, (kind,)))
        if named is not None:
            labelled = named.assign(peer_group=f"{kind}:" + named["value"])[["peer_group", "authority"]]
            parts.append(labelled.sort_values(["peer_group", "authority"]))
    if lists is not None:
        here = lists[lists["authority"].isin(authorities["code"])]
        parts.append(here[["peer_group", "authority"]].sort_values(["peer_group", "authority"]))
    parts.append(pd.DataFrame(_nearest(authorities), columns=["peer_group", "authority"]))
    return pd.concat([part.astype("string") for part in parts], ignore_index=True)


def owner(peer_group: str) -> str | None:
    """The authority to which alone a group is shown; None where it is everybody's. Methodology 5.

    >>> owner("nearest:W06000001"), owner("nation:Wales")
    ('W06000001', None)
    """
    kind, _, code = peer_group.partition(":")
    return code if kind == NEAREST else None


def _named(authorities: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame | None:
    """The value of an attribute, or of two together, for each authority that has it."""
    if not set(columns) <= set(authorities.columns):
        return None
    texts = authorities[list(columns)].astype("string").fillna("")
    known = (texts != "").all(axis=1)
    value = texts.loc[known, columns[0]]
    for column in columns[1:]:
        value = value + _BETWEEN + texts.loc[known, column]
    return pd.DataFrame({"authority": authorities.loc[known, "code"], "value": value})


def _nearest(authorities: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for code, others in similarity.nearest(authorities).items():
        for member in sorted([code, *others]):
            yield f"{NEAREST}:{code}", member
