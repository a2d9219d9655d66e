// The report of the last hours, and those that were written.
import { card, facts, get, h, percent, tried } from "./page.js";
import { chart } from "./chart.js";
import { told } from "./told.js";
import { language, t } from "./words.js";

export function open(place) {
  const hours = h("select", { id: "hours", "aria-label": t("hours"), onchange: () => draw() }, ["12", "24", "168"].map((one) => h("option", { value: one, selected: one === "24" }, t(`hours_${one}`))));
  const body = h("div", { class: "charts" });
  const draw = async () => {
    const found = await tried(() => get(`/api/report?hours=${hours.value}`));
    if (found) body.replaceChildren(...drawn(found));
  };
  place.append(h("div", { class: "filters" }, hours), body);
  draw();
}

const minute = (time) => time.slice(0, 16).replace("T", " ") || "—";

/** The figures of a report, and its stages. */
const figures = (found) => [
  facts([[t("from"), minute(found.start)], [t("until"), minute(found.end)],
    [t("results"), `${found.won}/${found.battles}${found.battles ? ` (${percent(found.won / found.battles)})` : ""}`],
    [t("pauses"), found.pauses], [t("disconnections"), found.disconnections], [t("starts"), found.runs]]),
  Object.keys(found.stages).length ? h("table", {}, h("tr", {}, [t("stage"), t("battles"), t("won"), t("stars")].map((one) => h("th", {}, one))),
    Object.entries(found.stages).map(([name, one]) => h("tr", {}, [name, one.battles, one.won, one.stars].map((cell) => h("td", {}, cell))))) : ""];

/** The faults of a report, and when its win rate fell. */
const troubles = (found) => [
  found.faults.length ? h("ul", {}, found.faults.map((one) => h("li", {}, `${one.time.slice(5, 16).replace("T", " ")} ${told(one.why)}`))) : t("no_faults"),
  ...found.drops.map((one) => h("p", {}, `${one.time.slice(11, 16)} ${t("fell")} ${percent(one.from)} → ${percent(one.to)}`))];

function drawn(found) {
  const text = h("div", {});
  const readWritten = async (name) => {
    const read = (file) => fetch(`/api/reports/${encodeURIComponent(file)}`);
    const inFigures = language() === "zh" ? await read(name.replace(/md$/, "json")) : null;
    if (inFigures?.ok) {
      const one = await inFigures.json();
      text.replaceChildren(h("p", {}, name), ...figures(one), ...troubles(one));
    } else text.replaceChildren(h("pre", {}, await (await read(name)).text()));
  };
  return [
    card(t("report"), figures(found)),
    chart(t("win_rate"), [{ name: t("win_rate"), points: found.rates.map(([when, rate]) => [new Date(when).getTime() / 1000, rate]) }],
      { low: 0, high: 1, say: (x) => new Date(x * 1000).toTimeString().slice(0, 5) }),
    card(t("faults"), troubles(found)),
    card(t("written"), found.written.length ? h("div", { class: "chips" }, found.written.slice(0, 20).map((name) => h("button", { onclick: () => readWritten(name) }, name))) : t("none_yet"), text),
  ];
}
