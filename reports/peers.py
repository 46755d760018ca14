"""Peer groups: which authorities an authority is compared with."""

from __future__ import annotations

import pandas as pd

ALL = "all"
KINDS = ("nation", "region", "type")


def groups(authorities: pd.DataFrame) -> pd.DataFrame:
    """Every group of the fixed menu with its authorities: all, then nations, regions and types in alphabetical order.

    One row a group and authority, columns `peer_group` (`all`, `nation:Wales`, …) and `authority`, own authority
    included. An authority with an empty attribute is in no group of that kind (methodology 5).

    >>> register = pd.DataFrame({"code": ["a", "b"], "nation": ["Wales", None]})
    >>> groups(register).values.tolist()
    [['all', 'a'], ['all', 'b'], ['nation:Wales', 'a']]
    """
    parts = [pd.DataFrame({"peer_group": ALL, "authority": sorted(authorities["code"])})]
    for kind in KINDS:
        if kind not in authorities.columns:
            continue
        known = authorities[authorities[kind].notna() & (authorities[kind].astype(str) != "")]
        named = pd.DataFrame({"peer_group": f"{kind}:" + known[kind].astype(str), "authority": known["code"]})
        parts.append(named.sort_values(["peer_group", "authority"]))
    return pd.concat([part.astype("string") for part in parts], ignore_index=True)
