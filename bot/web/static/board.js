// The map of a stage from above, with what stands and walks on it.
import { svg } from "./page.js";

const STEPS = [[0, 1], [1, 0], [0, -1], [-1, 0]];
const FACING = { right: 0, down: 1, left: 2, up: 3 };
const NAMES = { E: "entrance", X: "exit", H: "high", ".": "ground" };
const U = 100; // units of the drawing a tile: browsers have a least size for letters, which fractions of a unit would meet
export const facing = (word) => FACING[word] ?? 0;

/** A board of a map: rows of letters (E entrance, X exit, H high ground, . ground, # closed). Rows and columns from 0. */
export function board(map, ways = []) {
  const rows = map.length, columns = Math.max(1, ...map.map((row) => row.length));
  const units = svg("g", {});
  const root = svg("svg", { class: "board", viewBox: `-90 -90 ${U * columns + 60} ${U * rows + 60}`, role: "img" },
    map.flatMap((letters, row) => [...letters].map((letter, col) => square(row, col, 0.48, `tile ${NAMES[letter] ?? "closed"}`))),
    [...Array(columns).keys()].map((col) => svg("text", { class: "count", x: U * col, y: -62 }, col)),
    [...Array(rows).keys()].map((row) => svg("text", { class: "count", x: -72, y: U * row + 8 }, row)),
    ways.map((way, index) => svg("polyline", { class: `way${way.flying ? " flying" : ""}`, points: shifted(way.points, index) })), units);
  return { root, draw: (drawn) => units.replaceChildren(...drawn.flat(Infinity).filter(Boolean)) };
}

/** An operator: its mark, where it faces (0 right, 1 down, 2 left, 3 up), its name, and a mark where its skill is ready. */
export function operator({ row, col, direction, name, ready = false, health = 1, number = null }) {
  const [down, right] = STEPS[direction] ?? [0, 0];
  return svg("g", { class: `operator${ready ? " ready" : ""}` },
    direction >= 0 ? svg("line", { x1: U * col, y1: U * row, x2: U * (col + 0.62 * right), y2: U * (row + 0.62 * down) }) : "",
    square(row, col, 0.36, ""),
    number === null ? bar(row, col, health) : svg("text", { class: "number", x: U * col, y: U * row + 6 }, number),
    svg("text", { class: "name", x: U * col, y: U * row + 27, textLength: name.length > 6 ? 66 : null, lengthAdjust: "spacingAndGlyphs" }, name),
    svg("title", {}, name));
}

/** An enemy with what is left of its health. */
export function enemy([kind, row, col, health]) {
  return svg("g", { class: "enemy" }, svg("circle", { cx: U * col, cy: U * row, r: 18 }), bar(row - 0.1, col, health), svg("title", {}, kind));
}

/** A frame around a tile. */
export const framed = ([row, col]) => square(row, col, 0.46, "decided");

const square = (row, col, half, name) => svg("rect", { class: name, x: U * (col - half), y: U * (row - half), width: 2 * U * half, height: 2 * U * half, rx: 6 });
const shifted = (points, index) => points.map(([row, col]) => `${U * col + 5 * ((index % 5) - 2)},${U * row + 5 * ((index % 5) - 2)}`).join(" ");
const bar = (row, col, health) => svg("line", { class: "health", x1: U * col - 26, y1: U * row - 24, x2: U * col - 26 + 52 * Math.max(0, Math.min(1, health)), y2: U * row - 24 });
