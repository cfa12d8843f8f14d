"""The whole application over TLS with its own certificate, as phones nearby need it."""

from pathlib import Path

from playwright.async_api import Browser

from tests.support.app import running_app
from tests.support.people import Person, person
from tests.support.waiting import until


async def test_two_people_meet_over_tls(
    browser: Browser, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with (
        running_app(
            tmp_path, database_url=database_url, redis_url=redis_url, scheme="https"
        ) as app,
        person(app, browser, "participant") as one,
        person(app, browser, "mentor") as other,
    ):
        await type_password(one)
        await one.enter()
        await other.enter()
        await until(lambda: one.sees(1, frames=10))
        assert [url.split(":")[0] for url in one.media_sockets] == ["wss"]
        cookies = {each["name"]: each for each in await one.context.cookies()}
        assert cookies["__Host-login"]["secure"]
        assert cookies["__Host-login"]["httpOnly"]


async def type_password(one: Person) -> None:
    """Log in with the form, as nobody whom the browser knows."""
    await one.context.clear_cookies()
    address, password = one.app.accounts[one.name]
    await one.page.goto(f"{one.app.url}/login")
    await one.page.fill("[name=address]", address)
    await one.page.check("[name=way][value=password]")
    await one.page.fill("[name=password]", password)
    await one.page.press("[name=password]", "Enter")
    await one.page.wait_for_url(f"{one.app.url}/me")
