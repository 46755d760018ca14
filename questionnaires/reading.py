"""From the tables of a questionnaire file to its typed source; every fault of form is noted on the way."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires import texts
from questionnaires.definition import Kind, Missing, Role, Standing
from questionnaires.faults import Fault
from questionnaires.source import (
    ConditionSource,
    DimensionSource,
    ItemSource,
    OptionSetSource,
    OptionSource,
    PageSource,
    QuestionnaireSource,
    SectionSource,
    ThemeSource,
)
from questionnaires.tables import Table

AUDIENCES = ("officers", "authority")
PROFILES = ("leading", "managing", "skill", "competency", "characteristic")
CHOSEN_MISSING = tuple(m.value for m in Missing if m is not Missing.NOT_ASKED)  # nobody can choose not to be asked


def source(content: Mapping[str, object], file: str, faults: list[Fault]) -> QuestionnaireSource:
    table = Table(content, file, "", faults)
    read = QuestionnaireSource(
        file=file,
        code=table.code("code", texts.PLACE_CODE),
        version=table.code("version", texts.VERSION),
        language=table.code("language", texts.LANGUAGE),
        audience=table.one_of("audience", AUDIENCES) or "",
        title=table.text("title"),
        option_sets=tuple(_option_set(one) for one in table.tables("option_sets", "option set", required=False)),
        dimensions=tuple(_dimension(one) for one in table.tables("dimensions", "dimension")),
        sections=tuple(_section(one) for one in table.tables("sections", "section")),
    )
    table.close()
    return read


def _option_set(table: Table) -> OptionSetSource:
    read = OptionSetSource(
        place=table.place,
        code=table.code("code", texts.PLACE_CODE),
        options=tuple(_option(one) for one in table.tables("options", "option")),
    )
    table.close()
    return read


def _option(table: Table) -> OptionSource:
    read = OptionSource(
        place=table.place,
        code=table.code("code", texts.OPTION_CODE),
        label=table.text("label"),
        score=table.score("score"),
        missing=table.one_of("missing", CHOSEN_MISSING, required=False),
        standing=table.one_of("standing", tuple(Standing), required=False),
        exclusive=table.flag("exclusive"),
        is_rated="score" in table.content or "missing" in table.content,
    )
    table.close()
    return read


def _dimension(table: Table) -> DimensionSource:
    code = table.code("code", texts.ITEM_CODE)
    read = DimensionSource(
        place=table.place,
        code=code,
        title=table.text("title"),
        description=table.optional_text("description"),
        themes=tuple(_theme(one, code) for one in table.tables("themes", "theme", required=False)),
    )
    table.close()
    return read


def _theme(table: Table, dimension: str) -> ThemeSource:
    read = ThemeSource(
        place=table.place,
        code=table.code("code", texts.ITEM_CODE),
        title=table.text("title"),
        description=table.optional_text("description"),
        dimension=dimension,
    )
    table.close()
    return read


def _section(table: Table) -> SectionSource:
    read = SectionSource(
        place=table.place,
        code=table.code("code", texts.PLACE_CODE),
        title=table.text("title"),
        intro=table.optional_text("intro"),
        optional=table.flag("optional"),
        pages=tuple(_page(one) for one in table.tables("pages", "page")),
    )
    table.close()
    return read


def _page(table: Table) -> PageSource:
    read = PageSource(
        place=table.place,
        code=table.code("code", texts.PLACE_CODE),
        title=table.optional_text("title"),
        items=tuple(_item(one) for one in table.tables("items", "item")),
    )
    table.close()
    return read


def _item(table: Table) -> ItemSource:
    condition = table.table("asked_if")
    read = ItemSource(
        place=table.place,
        code=table.code("code", texts.ITEM_CODE),
        text=table.text("text"),
        kind=table.one_of("kind", tuple(Kind)) or "",
        option_set=table.reference("option_set"),
        hint=table.optional_text("hint"),
        dimension=table.reference("dimension"),
        theme=table.reference("theme"),
        reverse=table.flag("reverse"),
        role=table.one_of("role", tuple(Role), required=False),
        profile=table.one_of("profile", PROFILES, required=False),
        asked_if=None if condition is None else _condition(condition),
        minimum=table.whole("minimum"),
        maximum=table.whole("maximum"),
        max_length=table.whole("max_length"),
    )
    table.close()
    return read


def _condition(table: Table) -> ConditionSource:
    read = ConditionSource(item=table.reference("item") or "", any_of=table.strings("in"))
    if "item" not in table.content:
        table.fault("missing-key", "item is missing.", 'Name an earlier item: item = "tier".')
    table.close()
    return read
