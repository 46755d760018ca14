"""Whether a questionnaire holds together: every rule that looks at more than one entry of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from questionnaires import conditions, measures
from questionnaires.definition import Kind, Role
from questionnaires.faults import Fault, listed, nearest, quoted
from questionnaires.source import ItemSource, Located, OptionSetSource, QuestionnaireSource

MOST_ITEMS_ON_A_PAGE = 8
REWRITTEN_BY_SPREADSHEETS = re.compile(r"[0-9]+-[0-9]+|0[0-9]+|[0-9]+[eE][0-9]+")  # date, shorter number, power of ten
RESERVED = frozenset({"authority", "weight", "seconds", "row", "overall", "wave", "measure", "item", "peer_group"})
ROLE_CODES = frozenset({Role.TIER.value, Role.SERVICE_AREA.value})
ROLE_KINDS = {
    Role.TIER: (Kind.CHOICE,),
    Role.SERVICE_AREA: (Kind.CHOICE,),
    Role.YEARS: (Kind.CHOICE, Kind.NUMBER),
    Role.PROGRAMMES: (Kind.CHOICES,),
    Role.EQUALITY: (Kind.CHOICE, Kind.CHOICES),
}


def faults(source: QuestionnaireSource) -> Iterator[Fault]:
    """Everything that keeps the file from being used."""
    yield from _codes(source)
    yield from _labels(source)
    yield from measures.faults(source)
    yield from _answers(source)
    yield from _roles(source)
    yield from conditions.faults(source)


def advice(source: QuestionnaireSource) -> Iterator[Fault]:
    """What a survey methodologist would ask about; the file can be used as it is."""
    yield from measures.advice(source)
    yield from _easily_confused(source)
    used = {item.option_set for item in source.items()}
    for option_set in source.option_sets:
        if option_set.code not in used:
            yield _advice(source, option_set.place, "unused-option-set", "no item uses it.", "Remove it, or use it.")
    for page in source.pages():
        if len(page.items) > MOST_ITEMS_ON_A_PAGE:
            message = f"the page has {len(page.items)} items."
            yield _advice(source, page.place, "long-page", message, "Four or five fit on a phone: split the page.")
    for item in source.items():
        if item.kind == Kind.NUMBER and None in (item.minimum, item.maximum):
            message, remedy = "a number without limits lets slips of the finger through.", "Add minimum and maximum."
            yield _advice(source, item.place, "no-limits", message, remedy)
    roles = {item.role for item in source.items()}
    for role in (Role.TIER, Role.SERVICE_AREA) if source.audience == "officers" else ():
        if role not in roles:
            message, remedy = (
                f"no item has the role {role.value}.",
                "Groups are taken from the file of answers as they are.",
            )
            yield _advice(source, "", "no-role-item", message, remedy)


def _easily_confused(source: QuestionnaireSource) -> Iterator[Fault]:
    """What a file of answers may get wrong: a wording used twice, a code that a spreadsheet rewrites."""
    for place, first in _same((item.place, item.text) for item in source.items()):
        message, remedy = f"the words are the same as those of {first}.", "A file of answers may name it by its words."
        yield _advice(source, place, "duplicate-wording", message, remedy)
    for option_set in source.option_sets:
        for option in option_set.options:
            if REWRITTEN_BY_SPREADSHEETS.fullmatch(option.code):
                message = f"a spreadsheet turns the code {quoted(option.code)} into something else."
                remedy = "Put letters into it: 2_to_4 instead of 2-4."
                yield _advice(source, option.place, "spreadsheet-code", message, remedy)


def _codes(source: QuestionnaireSource) -> Iterator[Fault]:
    named = [
        *((one.place, one.code) for one in source.dimensions),
        *((one.place, one.code) for one in source.themes()),
        *((one.place, one.code) for one in source.items()),
    ]
    yield from _repeated(source, named, "duplicate-code", "Items, dimensions and themes share one set of codes")
    for places, what in (
        (source.option_sets, "option sets"),
        (source.sections, "sections"),
        (tuple(source.pages()), "pages"),
    ):
        pairs = [(one.place, one.code) for one in places]
        yield from _repeated(source, pairs, f"duplicate-{what.replace(' ', '-')[:-1]}", f"Codes of {what} are unique")
    for option_set in source.option_sets:
        options = [(one.place, one.code) for one in option_set.options]
        yield from _repeated(source, options, "duplicate-option", "Codes of options are unique in their set")
    for place, code in named:
        if code.casefold() in RESERVED:
            yield _fault(
                source, place, "reserved-code", f"{quoted(code)} is the name of a column.", "Use another code."
            )
    for item in source.items():
        if item.code in ROLE_CODES and item.role != item.code:
            remedy = f'Add role = "{item.code}", or use another code.'
            yield _fault(source, item.place, "reserved-code", f"the code {quoted(item.code)} needs that role.", remedy)


def _repeated(source: QuestionnaireSource, named: Iterable[tuple[str, str]], rule: str, why: str) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for place, code in named:
        if not code:
            continue
        if code.casefold() in first:
            other = first[code.casefold()]
            taken = "used more than once" if other == place else f"already taken by {other}"
            message = f"the code {quoted(code)} is {taken}."
            yield _fault(source, place, rule, message, f"{why}, whatever the case: choose another.")
        first.setdefault(code.casefold(), place)


def _labels(source: QuestionnaireSource) -> Iterator[Fault]:
    for option_set in source.option_sets:
        for place, first in _same((option.place, option.label) for option in option_set.options):
            message = f"the words are the same as those of {first}."
            yield _fault(source, place, "duplicate-label", message, "Nobody could tell these two answers apart.")


def _same(worded: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Places whose words were written before, with the place where."""
    written: dict[str, str] = {}
    for place, words in worded:
        key = " ".join(words.split()).casefold()
        if key and key in written:
            yield place, written[key]
        written.setdefault(key, place)


def _answers(source: QuestionnaireSource) -> Iterator[Fault]:
    sets = dict.fromkeys(one.code for one in source.option_sets)  # a set that keeps the order of the file
    for item in source.items():
        chooses = item.kind in (Kind.CHOICE, Kind.CHOICES)
        if chooses and item.option_set is None:
            remedy = f'Add option_set = "…": {listed(sets)}.'
            yield _fault(source, item.place, "no-option-set", "the item has nothing to choose from.", remedy)
        elif item.kind and not chooses and item.option_set is not None:
            message = f"an item of kind {item.kind} has no options."
            yield _fault(source, item.place, "needless-option-set", message, "Remove option_set, or change the kind.")
        elif item.option_set is not None and item.option_set not in sets:
            message = f"the option set {quoted(item.option_set)} is not defined."
            remedy = f"{nearest(item.option_set, sets)}Defined are: {listed(sets)}."
            yield _fault(source, item.place, "unknown-option-set", message, remedy)
        yield from _limits(source, item)
    for option_set in source.option_sets:
        if len(option_set.options) == 1:
            yield _fault(
                source, option_set.place, "one-option", "there is nothing to choose.", "Write two options or more."
            )


def _limits(source: QuestionnaireSource, item: ItemSource) -> Iterator[Fault]:
    bounds = (item.minimum, item.maximum)
    if item.minimum is not None and item.maximum is not None and item.minimum >= item.maximum:
        message = f"minimum {item.minimum} is not below maximum {item.maximum}."
        yield _fault(source, item.place, "number-limits", message, "Swap or correct the limits.")
    if item.kind and item.kind != Kind.NUMBER and bounds != (None, None):
        message = f"an item of kind {item.kind} has no minimum or maximum."
        yield _fault(source, item.place, "needless-limits", message, "Remove them, or change the kind to number.")
    if item.kind == Kind.TEXT and item.max_length is not None and not 1 <= item.max_length <= 5000:
        message = f"max_length {item.max_length} is not possible."
        yield _fault(source, item.place, "text-limit", message, "Use a number from 1 to 5000.")
    if item.kind and item.kind != Kind.TEXT and item.max_length is not None:
        message = f"an item of kind {item.kind} has no max_length."
        yield _fault(source, item.place, "needless-limits", message, "Remove it, or change the kind to text.")


def _roles(source: QuestionnaireSource) -> Iterator[Fault]:
    sets = {one.code: one for one in source.option_sets}
    seen: dict[str, str] = {}
    for located in source.located():
        item = located.item
        if item.role is None:
            continue
        role = Role(item.role)
        if item.kind and item.kind not in ROLE_KINDS[role]:
            remedy = f"Use kind {listed(ROLE_KINDS[role])}."
            yield _fault(source, item.place, "role-kind", f"the role {role.value} does not fit {item.kind}.", remedy)
        if role is Role.EQUALITY:
            yield from _equality(source, located, sets)
        elif role in seen:
            message = f"{seen[role]} has the role {role.value} already."
            yield _fault(source, item.place, "duplicate-role", message, "Only one item may have it.")
        seen.setdefault(role, item.place)
    yield from _standings(source)


def _equality(source: QuestionnaireSource, located: Located, sets: Mapping[str, OptionSetSource]) -> Iterator[Fault]:
    place = located.item.place
    if not located.section.optional:
        remedy = "Move it to a section with optional = true."
        yield _fault(source, place, "equality-not-optional", "an equality item is always asked.", remedy)
    chosen = sets.get(located.item.option_set or "")
    if chosen and not any(option.missing or "prefer not" in option.label.casefold() for option in chosen.options):
        remedy = 'Add an option "Prefer not to say" with missing = "NOT_ANSWERED".'
        yield _fault(source, place, "equality-no-way-out", "an equality item leaves no way out.", remedy)


def _standings(source: QuestionnaireSource) -> Iterator[Fault]:
    tier_sets = {item.option_set for item in source.items() if item.role == Role.TIER}
    for option_set in source.option_sets:
        for option in option_set.options:
            if option.standing and option_set.code not in tier_sets:
                message = "only options of the item with the role tier have a standing."
                yield _fault(source, option.place, "stray-standing", message, "Remove standing.")
            if not option.standing and not option.missing and option_set.code in tier_sets:
                remedy = 'Add standing = "senior", "manager", "frontline" or "elected".'
                yield _fault(source, option.place, "no-standing", "a tier without a standing.", remedy)


def _fault(source: QuestionnaireSource, place: str, rule: str, message: str, remedy: str) -> Fault:
    return Fault(source.file, place, message, remedy, rule=rule)


def _advice(source: QuestionnaireSource, place: str, rule: str, message: str, remedy: str) -> Fault:
    return Fault(source.file, place, message, remedy, rule=rule, is_advice=True)
