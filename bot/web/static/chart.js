// A line chart: one or two lines over time or battles, with a value under the pointer.
import { h, svg } from "./page.js";
import { t } from "./words.js";

const WIDTH = innerWidth < 600 ? 340 : 560, HEIGHT = 180, LEFT = 46, RIGHT = 8, TOP = 8, BOTTOM = 22;

/** A chart of lines [{name, points: [[x, y], …]}]; `say` writes x, `low` and `high` bound y where they are given. */
export function chart(title, lines, { say = String, low = null, high = null, digits = 2 } = {}) {
  const used = lines.map((line) => ({ ...line, points: line.points.filter(([, y]) => y !== null && y !== undefined) }));
  const all = used.flatMap((line) => line.points);
  const body = all.length < 2 ? h("p", { class: "faint" }, t("none_yet")) : drawing(used, all, { say, low, high, digits });
  const legend = used.length > 1 ? h("p", { class: "legend" }, used.map((line, index) => h("span", { class: `line${index}` }, line.name))) : "";
  return h("section", { class: "card chart" }, h("h2", {}, title), legend, body);
}

function drawing(lines, all, { say, low, high, digits }) {
  const xs = all.map(([x]) => x), ys = all.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  let [bottom, top] = [low ?? Math.min(...ys), high ?? Math.max(...ys)];
  if (top === bottom) [bottom, top] = [bottom - 1, top + 1];
  const x = (value) => LEFT + ((value - left) / (right - left || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((value - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
  const ticks = [0, 0.5, 1].map((share) => bottom + share * (top - bottom));
  const pointer = svg("line", { class: "pointer", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
  const told = h("output", {});
  const frame = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", onpointermove: (event) => {
    const box = frame.getBoundingClientRect();
    const wanted = left + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * (right - left);
    const near = lines.map((line) => line.points.reduce((best, one) => (Math.abs(one[0] - wanted) < Math.abs(best[0] - wanted) ? one : best), line.points[0] ?? [0, null]));
    pointer.setAttribute("visibility", "visible");
    pointer.setAttribute("x1", x(near[0][0]));
    pointer.setAttribute("x2", x(near[0][0]));
    told.textContent = `${say(near[0][0])}: ${near.map(([, value]) => (value === null ? "—" : value.toFixed(digits))).join(" · ")}`;
  } },
  ticks.map((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(digits))]),
  svg("text", { x: LEFT, y: HEIGHT - 6 }, say(left)),
  svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, say(right)),
  lines.map((line, index) => svg("polyline", { class: `line${index}`, points: line.points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ") })),
  pointer);
  return [frame, told];
}
