"""The policy: every route has its row, and views are given objects instead of numbers."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey import people
from survey.vocabulary import RoleName
from survey.web import blueprints, guard, policy
from survey.web.access import Entrance, Row, Who
from survey.web.application import create_app

WEB = Path(inspect.getfile(policy)).parent


def routes(app):
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD"}}


def url_of(rule):
    """An address of a rule; what stands in its gaps does not exist."""
    values = dict.fromkeys(rule.arguments, "x")
    for words, name in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule):
        values[name] = words.split(",")[0].strip()
    return rule.build(values)[1]


def test_every_route_has_its_row_and_every_row_its_route(application):
    assert {(row.endpoint, row.method) for row in policy.TABLE} == routes(application)


@pytest.mark.parametrize("place", range(0, len(policy.TABLE), 7))
def test_a_route_without_a_row_stops_the_start(web_settings, sqlite_database, monkeypatch, place):
    missing = policy.TABLE[place]
    monkeypatch.setattr(policy, "TABLE", policy.TABLE[:place] + policy.TABLE[place + 1 :])
    with pytest.raises(guard.PolicyFault, match=f"No policy for {missing.method} {missing.endpoint}"):
        create_app(web_settings, database=sqlite_database)


def test_a_row_without_a_route_stops_the_start(web_settings, sqlite_database, monkeypatch):
    monkeypatch.setattr(policy, "TABLE", (*policy.TABLE, Row("public.ghost", "GET", "page.read", Who.ANYONE)))
    with pytest.raises(guard.PolicyFault, match=r"public\.ghost"):
        create_app(web_settings, database=sqlite_database)


def test_a_row_given_twice_stops_the_start(web_settings, sqlite_database, monkeypatch):
    monkeypatch.setattr(policy, "TABLE", (*policy.TABLE, policy.TABLE[0]))
    with pytest.raises(guard.PolicyFault, match="twice"):
        create_app(web_settings, database=sqlite_database)


def test_a_row_names_what_it_loads_and_states_need_something_with_a_state():
    with pytest.raises(ValueError, match="belong together"):
        Row("a.b", "GET", "x.read", Who.ANYONE, lambda asked: asked)
    with pytest.raises(ValueError, match="states need an object"):
        Row("a.b", "GET", "x.read", Who.ANYONE, states=frozenset({"open"}))
    with pytest.raises(ValueError, match="GET and POST only"):
        Row("a.b", "DELETE", "x.read", Who.ANYONE)


@pytest.mark.parametrize("row", policy.TABLE, ids=lambda row: f"{row.method} {row.endpoint}")
def test_a_view_takes_exactly_what_its_row_loads(application, row):
    parameters = list(inspect.signature(application.view_functions[row.endpoint]).parameters)
    assert parameters == ([row.name] if row.name else [])


def test_what_changes_something_is_sent_by_post(application):
    """Reading actions end in read; every other action of a GET only shows the form that asks for it."""
    for row in policy.TABLE:
        verb = row.action.rpartition(".")[2]
        assert not (row.method == "POST" and verb == "read"), row.endpoint


def test_views_carry_no_decorator_but_their_route():
    names = {blueprint.import_name.rpartition(".")[2] for blueprint in blueprints.BLUEPRINTS}
    for name in names:
        for node in ast.walk(ast.parse((WEB / f"{name}.py").read_text())):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    assert ast.unparse(decorator).startswith("blueprint."), f"{name}.{node.name}"


@pytest.mark.parametrize(
    "row",
    [row for row in policy.TABLE if row.who.entrance is Entrance.PERSON],
    ids=lambda r: f"{r.method} {r.endpoint}",
)
def test_a_stranger_is_led_to_sign_in_and_cannot_post(application, browser, row):
    rule = next(rule for rule in application.url_map.iter_rules(row.endpoint) if row.method in rule.methods)
    url = url_of(rule)
    answer = browser.get(url) if row.method == "GET" else browser.post(url)
    if row.method == "GET":
        assert (answer.status, answer.location.startswith("/account/sign-in?next=")) == (303, True)
    else:
        assert answer.status == 404


def test_somebody_without_the_role_finds_no_page(browser, researcher):
    browser.sign_in(researcher)
    assert browser.get("/lead/").status == 404
    assert browser.get("/account/").status == 200


def test_a_revoked_role_ends_at_the_next_request(browser, researcher, sqlite_database):
    browser.sign_in(researcher)
    assert browser.get("/research/").status == 200
    now = datetime.now(UTC)
    with sqlite_database.session() as session, sqlite_database.write(session):
        people.revoke(session, researcher, RoleName.RESEARCHER, now=now, actor="system")
        session.commit()
    assert browser.get("/research/").status in {303, 404}
