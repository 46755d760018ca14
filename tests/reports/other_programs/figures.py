"""Figures of pingouin and weightipy for the answers in this folder: prints figure,value,package,version."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
import weightipy

MARGINS = {
    "area": {"A": 30 / 0.8, "B": 28 / 0.8, "C": 22 / 0.8},
    "tier": {"frontline": 50 / 0.8, "senior": 30 / 0.8},
}
EACH = 20  # the first answers of every authority, so that groups are of one size
FOUND: dict[str, tuple[float, str]] = {}

people = pd.read_csv(Path(sys.argv[1]))
items = people[[f"q{n}" for n in range(1, 6)]]
people["score"] = ((items - 1) * 25).mean(axis=1)

FOUND["alpha people"] = (float(pingouin.cronbach_alpha(items)[0]), "pingouin")
people["place"] = people.groupby("authority").cumcount()
first = people[people["place"] < EACH]
icc = pingouin.intraclass_corr(first, targets="authority", raters="place", ratings="score").iloc[0]
FOUND["ICC1 first"] = (float(icc["ICC"]), "pingouin")
FOUND["F first"] = (float(icc["F"]), "pingouin")
FOUND["ICC1 first lower"], FOUND["ICC1 first upper"] = ((float(one), "pingouin") for one in icc["CI95"])

for code in ("a05", "a06", "a12"):
    own = people[people["authority"] == code]
    scheme = weightipy.scheme_from_dict(MARGINS)
    scheme.convcrit = 1e-12
    weights = weightipy.weight_dataframe(own.copy(), scheme)["weights"].to_numpy()
    FOUND[f"raked {code} mean"] = (float(np.average(own["score"], weights=weights)), "weightipy")
    FOUND[f"raked {code} largest weight"] = (float(weights.max()), "weightipy")

lines = [f"{figure},{value!r},{package},{metadata.version(package)}" for figure, (value, package) in FOUND.items()]
sys.stdout.write("\n".join(["figure,value,package,version", *lines, ""]))
