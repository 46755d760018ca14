"""Numbers: time and peak memory of the computation for 200,000 respondents x 60 items, and for half of them.

Each run is a child process, so that its peak memory is its own. `numbers` is the computation on answers in memory,
`analyse` the whole command on a file: reading, computing and writing every table, without pictures.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import publication
from reports.files import inputs, output, writing
from reports.files.inputs import Files
from reports.frames import Responses
from reports.rules import Rules

RESPONDENTS, ITEMS, AUTHORITIES, AREAS = 200_000, 60, 400, 10
MOST_SECONDS, MOST_MEMORY = 15.0, 1.5e9
MOST_GROWTH = 2.4  # twice the rows may cost little more than twice the time
DIMENSIONS = ("mindset", "agile", "silos", "leadership")


def instrument() -> Questionnaire:
    """Four dimensions of fifteen five-point items with three themes each, a few reverse-keyed."""
    options = [f'{{ code = "{n}", label = "{n}", score = {25 * (n - 1)} }}' for n in range(1, 6)]
    dont_know = '{ code = "dk", label = "Not known", missing = "DONT_KNOW" }'
    parts = [
        'code = "bench"\nversion = "1"\nlanguage = "en"\naudience = "officers"\ntitle = "Bench"',
        f'[[option_sets]]\ncode = "five"\noptions = [{", ".join([*options, dont_know])}]',
    ]
    for code in DIMENSIONS:
        themes = ", ".join(f'{{ code = "{code}_{n}", title = "{code} {n}" }}' for n in range(3))
        parts.append(f'[[dimensions]]\ncode = "{code}"\ntitle = "{code}"\nthemes = [{themes}]')
    parts += [_section(code) for code in DIMENSIONS]
    return loader.parse("\n\n".join(parts), file="bench.toml")


def _section(code: str) -> str:
    items = "".join(
        f'\n[[sections.pages.items]]\ncode = "{code}_item_{n}"\ntext = "In this authority, {code} {n} is so."\n'
        f'kind = "choice"\noption_set = "five"\ndimension = "{code}"\ntheme = "{code}_{n % 3}"\n'
        f"reverse = {str(n == 14).lower()}\n"
        for n in range(ITEMS // len(DIMENSIONS))
    )
    return f'[[sections]]\ncode = "section-{code}"\ntitle = "{code}"\n[[sections.pages]]\ncode = "page-{code}"\n{items}'


def answers(count: int, questionnaire: Questionnaire) -> Responses:
    """Answers from a seed: levels that differ by authority and by person, so that items belong together; 3 % blank."""
    rng = np.random.default_rng(2026)
    authority = rng.integers(0, AUTHORITIES, count).astype(np.int32)
    level = rng.normal(0.0, 0.3, AUTHORITIES)[authority]
    leaning = level + rng.normal(0.0, 0.7, count)
    chosen = np.empty((count, ITEMS), dtype=np.int8, order="F")
    for column, item in enumerate(questionnaire.scored_items):
        agreed = 2.0 + (-leaning if item.reverse else leaning)
        chosen[:, column] = np.clip(np.rint(agreed + rng.normal(0.0, 0.9, count)), 0, 4)
    chosen[rng.random(chosen.shape) < 0.02] = 5  # not known
    chosen[rng.random(chosen.shape) < 0.03] = -2
    return Responses(
        tuple(f"A{number:03}" for number in range(AUTHORITIES)),
        authority,
        tuple(item.code for item in questionnaire.scored_items),
        chosen,
        tuple(f"area{number}" for number in range(AREAS)),
        rng.integers(-1, AREAS, count).astype(np.int32),
    )


def register() -> pd.DataFrame:
    codes = [f"A{number:03}" for number in range(AUTHORITIES)]
    types, nations = [f"type {n % 6}" for n in range(AUTHORITIES)], [f"nation {n % 4}" for n in range(AUTHORITIES)]
    return pd.DataFrame({"code": codes, "name": codes, "type": types, "nation": nations, "region": None})


def write_answers(given: Responses, path: Path) -> None:
    codes = np.array(["1", "2", "3", "4", "5", "dk", ""])
    frame = pd.DataFrame({item: codes[given.answers[:, place]] for place, item in enumerate(given.items)})
    frame[given.answers == -2] = ""
    frame.insert(0, "authority", np.array(given.authorities)[given.authority])
    frame.insert(1, "service_area", np.array([*given.service_areas, ""])[given.service_area])
    frame.to_csv(path, index=False)


def _child(kind: str, place: str) -> None:
    """One measured run; prints seconds, seconds of CPU and peak bytes."""
    questionnaire = instrument()
    if kind == "analyse":
        folder = Path(place)
        begun, begun_cpu = time.perf_counter(), time.process_time()
        read = inputs.read(Files(folder / "R.csv", folder / "A.csv"), questionnaire)
        results = publication.compute(read.responses, questionnaire, read.rules, authorities=read.authorities)
        with output.all_or_nothing(folder / "out") as work:
            writing.write_results(publication.for_file(results, "research"), work)
    else:
        given = answers(int(place), questionnaire)
        begun, begun_cpu = time.perf_counter(), time.process_time()
        publication.compute(given, questionnaire, Rules(), authorities=register())
    seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([seconds, cpu, peak]))


def _measured(kind: str, place: str) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "performance.numbers", kind, place]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, cpu, peak = json.loads(done.stdout)
    return float(seconds), float(cpu), float(peak)


def main() -> bool:
    """Prints the table; true if a bound is broken."""
    print(f"{'':10}{'respondents':>12}{'seconds':>9}{'peak MB':>9}{'CPU, half = 1':>16}")
    broken = False
    with tempfile.TemporaryDirectory() as name:
        for kind in ("numbers", "analyse"):
            half = 0.0
            for count in (RESPONDENTS // 2, RESPONDENTS):
                seconds, cpu, peak = _measured(kind, _prepared(kind, count, Path(name)))
                half = half or cpu
                print(f"{kind:10}{count:>12,}{seconds:>9.1f}{peak / 1e6:>9.0f}{cpu / half:>16.2f}")
                broken = broken or seconds > MOST_SECONDS or peak > MOST_MEMORY or cpu / half > MOST_GROWTH
    print(
        f"Bounds: {MOST_SECONDS:.0f} s, {MOST_MEMORY / 1e9} GB, twice the rows at most {MOST_GROWTH} times the CPU time."
    )
    return broken


def _prepared(kind: str, count: int, folder: Path) -> str:
    if kind == "numbers":
        return str(count)
    place = folder / str(count)
    place.mkdir()
    write_answers(answers(count, instrument()), place / "R.csv")
    register().to_csv(place / "A.csv", index=False)
    return str(place)


if __name__ == "__main__":
    _child(*sys.argv[1:3])
