"""The mail about visits where staff look at mails."""

from server.core import clock
from server.mail import outbox
from server.mentoring.plans.mails import VISITS
from tests.server.mentoring.planned import at_desk
from tests.support.web import Site


async def test_staff_see_what_kind_of_mail_it_is(site: Site) -> None:
    async with at_desk(site) as desk, site.browser() as browser:
        async with site.database.writing() as db:
            account_id = desk.held.organizer.account_id
            subject, now = desk.held.event.id, clock.now()
            await outbox.order(db, kind=VISITS, subject=subject, account_id=account_id, now=now)
        staff = await site.account("運営", is_staff=True)
        browser.hold(await site.login(staff))
        page = await browser.get("/staff/mails")
        assert page.status_code == 200
        assert "訪問の予定" in page.text
