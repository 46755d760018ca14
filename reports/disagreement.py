"""Where officers of one authority disagree: how far apart the middle half of them score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from reports.agreement import LEAST_RWG
from reports.case import Case
from reports.quality import Json
from reports.statistics import quantiles


def disagreements(case: Case, tables: Mapping[str, pd.DataFrame], least: float = LEAST_RWG) -> dict[str, Json]:
    """The dimensions on which officers of an authority agree too little, with the middle half of their own scores.

    Disagreement withholds nothing: where rwg(j) under the uniform null is below `least`, the quartiles (type 7) of the
    scores of the officers who count are told beside the authority's score, unweighted, in points, with their
    number. Of `tables`, SCORES and WITHIN_AGREEMENT have a row for each authority and measure in the same order; a
    score with a reason has no spread either. Methodology 4; James, Demaree & Wolf 1984; Hyndman & Fan 1996.

    >>> from reports import aggregation, example
    >>> case, found, reasons = example.worked()
    >>> within = aggregation.within_frame(case, found, case.officers)
    >>> tables = {"scores": within.assign(reason=None), "within_agreement": within}
    >>> disagreements(case, tables), disagreements(case, tables, least=0.88)
    ({}, {'a05': {'leadership': {'n': 44, 'lower': 43.229166666666664, 'upper': 75.0}}})
    """
    shape = (len(case.codes), len(case.measures))
    agreement = tables["within_agreement"]["rwg"].to_numpy(dtype=np.float64, na_value=np.nan).reshape(shape)
    shown = tables["scores"]["reason"].isna().to_numpy(dtype=np.bool_).reshape(shape)
    result: dict[str, dict[str, Json]] = {}
    for place in case.dimensions:
        for at in np.flatnonzero(shown[:, place] & (agreement[:, place] < least)).tolist():
            own = case.people.values[
                case.officers.order[case.officers.bounds[at] : case.officers.bounds[at + 1]], place
            ]
            own = own[~np.isnan(own)]
            lower, _, upper = quantiles.quartiles(own)
            one: Json = {"n": len(own), "lower": float(lower), "upper": float(upper)}
            result.setdefault(case.codes[at], {})[case.measure_codes[place]] = one
    return dict(result)
