"""Headers, hosts and errors of every page."""

import asyncio

import pytest

from server.app import create_app
from server.core import db as db_module
from server.core.config import Settings
from server.core.db import Database
from tests.support.ports import free_port
from tests.support.web import Site, running


async def test_every_page_has_the_strict_policy(site: Site) -> None:
    async with site.browser() as browser:
        for path, status in (("/", 200), ("/login", 200), ("/nowhere", 404)):
            answer = await browser.get(path)
            assert answer.status_code == status
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:8001", ""])
async def test_unknown_hosts_are_refused(site: Site, host: str) -> None:
    async with site.browser() as browser:
        assert (await browser.get("/login", headers={"host": host})).status_code == 400


async def test_the_number_leads_to_the_name(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get("/login", headers={"host": "127.0.0.1:8000"})
    assert (answer.status_code, answer.headers["location"]) == (307, "http://localhost:8000/login")


async def test_a_fault_of_ours_shows_a_number_that_the_log_has(
    site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("server.events.queries.coming", fail)
    async with site.browser() as browser:
        answer = await browser.get("/")
    assert answer.status_code == 500
    assert "planted" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    logged = capfd.readouterr()
    reference = (logged.out + logged.err).split("reference=")[1].split()[0].strip("'\"")
    assert reference in answer.text


async def test_a_body_that_is_too_large_is_refused(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.client.post("/login", content=b"x" * 300_000)
    assert answer.status_code == 413


async def test_hooks_without_our_signature_are_refused(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.client.post("/hooks/media", content=b"{}")
    assert answer.status_code == 401


async def test_static_files_are_kept_for_ever(site: Site) -> None:
    async with site.browser() as browser:
        page = await browser.get("/login")
        base = page.text.split('href="/static/')[1].split('"')[0]
        answer = await browser.get(f"/static/{base}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_pages_and_logins_work_while_redis_is_away(
    settings: Settings, database: Database
) -> None:
    nobody = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with running(create_app(nobody)) as app, Site(app, nobody).browser() as browser:
        assert (await browser.get("/")).status_code == 200
        for _ in range(5):
            wrong = await browser.submit("/login", "/login", address="a@b.example", password="x")
            assert wrong.status_code == 422
        last = await browser.submit("/login", "/login", address="a@b.example", password="x")
        assert last.status_code == 429


@pytest.mark.parametrize("known", [False, True])
async def test_a_crowd_is_told_so_and_no_fault_is_shown(
    site: Site, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Met by the page itself, and (who has a login) before it, where the visitor is looked up."""
    async with site.browser() as browser:
        if known:
            browser.hold(await site.login(await site.account()))
        monkeypatch.setattr(db_module, "TURN_SECONDS", 0.05)
        database = site.database
        monkeypatch.setattr(database, "_turns", asyncio.Semaphore(0))
        answer = await browser.get("/")
    assert answer.status_code == 503
    assert "混み合っています" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
