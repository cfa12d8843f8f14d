/** The countdown ring: as many ticks as the round has minutes, the burnt ones grey. */

const SVG = "http://www.w3.org/2000/svg";
const [OUTER, INNER] = [78, 66];
const MOST = 60;

/**
 * @param {number} minutes of the whole round
 * @param {number} burning minutes that are left
 * @returns {SVGSVGElement}
 */
export function ring(minutes, burning) {
  const ticks = Math.min(MOST, Math.max(1, minutes));
  const lit = Math.min(ticks, Math.ceil((burning * ticks) / Math.max(1, minutes)));
  const root = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  root.setAttribute("viewBox", "-80 -80 160 160");
  root.setAttribute("class", "ring-drawing");
  for (let i = 0; i < ticks; i++) root.append(tick((i / ticks) * 2 * Math.PI, i >= ticks - lit));
  return root;
}

/**
 * @param {number} angle clockwise from twelve
 * @param {boolean} lit
 */
function tick(angle, lit) {
  const line = document.createElementNS(SVG, "line");
  const [x, y] = [Math.sin(angle), -Math.cos(angle)];
  const points = { x1: x * INNER, y1: y * INNER, x2: x * OUTER, y2: y * OUTER };
  for (const [name, value] of Object.entries(points)) line.setAttribute(name, value.toFixed(2));
  line.setAttribute("class", lit ? "ring-lit" : "ring-burnt");
  return line;
}
