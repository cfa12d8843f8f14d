"""The pages of accounts, of organizations, and of the staff who take care of them."""

from typing import Final

from tests.support import in_round, steps
from tests.support.pages.shown import Shown
from tests.support.visits import INVITATION, STAFF, STRANGER

PAGES: Final = (
    Shown(name="login", route="/login", path="/login"),
    Shown(
        name="login-wrong", route="/login", path="/login?next={event}", steps=steps.wrong_password
    ),
    Shown(name="login-sent", route="/login", path="/login?next={event}", steps=steps.ask_link),
    Shown(name="login-old", route="/login", path="/login", steps=steps.old_form),
    Shown(name="link", route="/link/{token}", path="{link}", fresh=True),
    Shown(
        name="link-wrong", route="/link/{token}", path="{link}", fresh=True, steps=steps.empty_form
    ),
    Shown(name="link-spent", route="/link/{token}", path="/link/spent", status=410),
    Shown(name="me", route="/me", path="/me", who="participant"),
    Shown(name="me-round", route="/me", path="/me", who="participant", setting=in_round.seated),
    Shown(name="me-none", route="/me", path="/me", who=STRANGER),
    Shown(name="mails", route="/staff/mails", path="/staff/mails", who=STAFF),
    Shown(
        name="mails-refused",
        route="/staff/mails",
        path="/staff/mails?show=failed",
        who=STAFF,
        setting=steps.refused_mails,
    ),
    Shown(name="signup", route="/signup", path="/signup"),
    Shown(name="account", route="/me/account", path="/me/account", who="participant"),
    Shown(
        name="account-wrong",
        route="/me/account",
        path="/me/account",
        who="speaker",  # whose password no other entry tries
        steps=steps.wrong_present_password,
    ),
    Shown(name="account-new", route="/me/account", path="/me/account", who=STRANGER),
    Shown(name="logins", route="/me/logins", path="/me/logins", who=STRANGER),
    Shown(name="staff", route="/staff/", path="/staff/", who=STAFF),
    Shown(name="staff-accounts", route="/staff/accounts", path="/staff/accounts", who=STAFF),
    Shown(
        name="staff-account",
        route="/staff/accounts/{id:uuid}",
        path="/staff/accounts?q=森川",
        who=STAFF,
        steps=steps.first_account,
    ),
    Shown(
        name="staff-organizations",
        route="/staff/organizations",
        path="/staff/organizations",
        who=STAFF,
    ),
    Shown(
        name="staff-organization",
        route="/staff/organizations/{id:uuid}",
        path="/staff/organizations",
        who=STAFF,
        steps=steps.first_office,
    ),
    Shown(
        name="organizations",
        route="/organizations",
        path="/organizations?q=見本",
        who="participant3",
    ),
    Shown(name="organizations-none", route="/organizations", path="/organizations", who=STRANGER),
    Shown(
        name="organization",
        route="/organizations/{id:uuid}",
        path="/organizations",
        who="organizer",
        steps=steps.first_office,
    ),
    Shown(
        name="invitation",
        route="/invitation/{token}",
        path=f"/invitation/{INVITATION}",
        setting=steps.invited,
    ),
)
