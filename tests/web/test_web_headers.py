"""Headers: every page and every error carries the same strict set; pages hold nothing that it would block."""

from __future__ import annotations

import re

import pytest
from werkzeug.routing import Rule

from survey.config import Settings
from survey.web import headers, policy

CSP = (
    "default-src 'none'; script-src 'nonce-{}' 'strict-dynamic'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


def url_of(rule: Rule) -> str:
    """An address of a rule; what stands in its gaps does not exist, which is a page as well."""
    values = dict.fromkeys(rule.arguments, "x")
    for name, words in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule):
        values[words] = name.split(",")[0].strip()
    return rule.build(values)[1]


def rules(app):
    return sorted(
        ((rule.endpoint, method, url_of(rule)) for rule in app.url_map.iter_rules() for method in rule.methods),
        key=str,
    )


def check(answer, *, is_link=False):
    found = dict(answer.headers)
    nonce = re.search(r"nonce-([\w-]+)", found["Content-Security-Policy"])[1]
    assert found["Content-Security-Policy"] == CSP.format(nonce)
    assert len(nonce) >= 22
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == ("no-referrer" if is_link else "same-origin")
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert found["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in found["Permissions-Policy"]
    assert "Server" not in found
    assert "X-Powered-By" not in found
    return nonce


def test_every_rule_answers_with_the_same_headers(application, browser):
    seen = 0
    for endpoint, method, url in rules(application):
        answer = browser.post_without_token(url) if method == "POST" else browser.send(method, url)
        check(answer, is_link=endpoint in headers.LINK_PAGES)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers  # plain http on loopback
        seen += 1
    assert seen >= len(policy.TABLE)


@pytest.mark.parametrize(("method", "url", "status"), [
    ("GET", "/nope", 404), ("DELETE", "/", 405), ("OPTIONS", "/", 405), ("POST", "/language", 403), ("PUT", "/r/x", 405),
])  # fmt: skip
def test_error_pages_carry_them_too(browser, method, url, status):
    answer = browser.send(method, url)
    assert answer.status == status
    check(answer)


def test_a_link_page_sends_no_referrer_and_its_nonce_is_new_each_time(browser, open_wave):
    url = f"/r/{open_wave.personal()}"
    assert check(browser.get(url), is_link=True) != check(browser.get(url), is_link=True)


def test_pages_hold_no_inline_style_or_script_and_name_no_other_host(browser, open_wave, researcher):
    token = open_wave.personal()
    browser.post(f"/r/{token}")
    browser.sign_in(researcher)
    urls = ["/", "/methods", "/privacy", "/accessibility", "/cookies", "/results/", "/account/", "/account/sign-in",
            f"/r/{token}", "/respond/", "/respond/page/mindset-1", "/respond/page/mindset-2", "/respond/check",
            "/respond/resume-code", "/respond/finish-later", "/respond/welcome-back", "/nope"]  # fmt: skip
    for url in urls:
        answer = browser.get(url)
        nonce = re.search(r"nonce-([\w-]+)", answer.headers["Content-Security-Policy"])[1]
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", answer.text), url
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts, url
        assert all(f'nonce="{nonce}"' in script for script in scripts), url
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text), url


def test_the_check_notices_an_inline_style():
    with pytest.raises(AssertionError):
        assert not re.search(r"\sstyle=|<style", '<p style="color: red">')


def test_over_https_cookies_and_transport_are_strict(sqlite_database, tmp_path):
    from survey.web.application import create_app

    settings = Settings(
        data=tmp_path, database_url="", secret_key="s" * 20 + "0123456789abcdef", link_key="k" * 40,
        base_url="https://survey.example.org",
    )  # fmt: skip
    client = create_app(settings, database=sqlite_database).test_client()
    answer = client.get("/", base_url="https://survey.example.org")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-soundings=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert client.get("/", base_url="https://other.example.org").status_code == 400
