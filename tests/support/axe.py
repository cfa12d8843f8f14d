"""What axe-core finds wrong on a page."""

from collections.abc import Sequence
from typing import Any, Final

from playwright.async_api import Page

from tests.support.app import ROOT

AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# What is wrong, and where, without the pages of explanation.
RUN: Final = """
async (rules) => {
  const runOnly = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...runOnly });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
}
"""


async def bring(page: Page) -> None:
    """Give a page the rules; once after each navigation."""
    await page.evaluate(AXE.read_text("utf-8"))


async def wrongs(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What stands against the rules of these names, or against any."""
    found: list[Any] = await page.evaluate(RUN, list(rules))
    return [str(wrong) for wrong in found]
