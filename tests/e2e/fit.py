"""Whether a page fits its window: nothing cut, nothing covered, nothing too small to read."""

from typing import Final

from playwright.async_api import Page, ViewportSize

# On a screen of 1280 × 1024, at 200 % and at 400 % (WCAG 2.2, 1.4.4 and 1.4.10).
ZOOMED: Final = {
    "100 %": ViewportSize(width=1280, height=1024),
    "200 %": ViewportSize(width=640, height=512),
    "400 %": ViewportSize(width=320, height=256),
}

# What reaches over the right edge and cannot be scrolled to, and text smaller than 13 pixels.
MISFITS: Final = """
() => {
  const scrolls = (element) => element !== document.body && element !== document.documentElement
    && getComputedStyle(element).overflowX !== "visible";
  const inside = (element) => !element.parentElement
    || (!scrolls(element.parentElement) && inside(element.parentElement));
  const name = (element) => `${element.localName}.${element.className} ${element.textContent}`;
  const all = [...document.body.querySelectorAll("*:not(svg *)")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1);
  const cut = all.filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && inside(element));
  const small = all.filter((element) => parseFloat(getComputedStyle(element).fontSize) < 13
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return [...cut.map((element) => `cut: ${name(element)}`),
          ...small.map((element) => `small: ${name(element)}`)];
}
"""

# What one can press, whose middle, brought into sight, belongs to another element.
COVERED: Final = """
() => {
  const pressed = "a[href], button:not(:disabled), input, select, textarea, summary";
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(".visually-hidden, .skip") && element.getBoundingClientRect().width > 1;
  const over = (element) => {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = element.getClientRects()[0];
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const own = !top || element.contains(top) || top.contains(element)
      || top.closest("label")?.contains(element);
    return own ? null : top;
  };
  const name = (element) => `${element.localName}.${element.className} ${element.textContent}`;
  return [...document.querySelectorAll(pressed)].filter(seen)
    .map((element) => [element, over(element)]).filter(([, top]) => top)
    .map(([element, top]) => `${name(element)} under ${name(top)}`);
}
"""


async def lost(page: Page, size: ViewportSize) -> list[str]:
    """What a page loses at a size of the window."""
    await page.set_viewport_size(size)
    lost = [wrong for wrong in await page.evaluate(MISFITS) if wrong.startswith("cut")]
    lost += [f"covered: {wrong}" for wrong in await page.evaluate(COVERED)]
    rolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return lost + (["rolls sideways"] if await page.evaluate(rolls) else [])
