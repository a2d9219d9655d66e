// The report of the last hours, and those that were written.
import { card, facts, get, h, percent, tried } from "./page.js";
import { chart } from "./chart.js";
import { told } from "./told.js";
import { t } from "./words.js";

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

function drawn(found) {
  const stages = Object.entries(found.stages);
  const text = h("pre", { hidden: true });
  const readWritten = async (name) => {
    const answer = await fetch(`/api/reports/${encodeURIComponent(name)}`);
    text.textContent = await answer.text();
    text.hidden = false;
  };
  return [
    card(t("report"), facts([[t("from"), found.start.slice(0, 16).replace("T", " ") || "—"], [t("until"), found.end.slice(0, 16).replace("T", " ") || "—"],
      [t("results"), `${found.won}/${found.battles}${found.battles ? ` (${percent(found.won / found.battles)})` : ""}`],
      [t("pauses"), found.pauses], [t("disconnections"), found.disconnections], [t("starts"), found.runs]]),
      stages.length ? h("table", {}, h("tr", {}, [t("stage"), t("battles"), t("won"), t("stars")].map((one) => h("th", {}, one))),
        stages.map(([name, one]) => h("tr", {}, [name, one.battles, one.won, one.stars].map((cell) => h("td", {}, cell))))) : ""),
    chart(t("win_rate"), [{ name: t("win_rate"), points: found.rates.map(([when, rate]) => [new Date(when).getTime() / 1000, rate]) }],
      { low: 0, high: 1, say: (x) => new Date(x * 1000).toTimeString().slice(0, 5) }),
    card(t("faults"), found.faults.length ? h("ul", {}, found.faults.map((one) => h("li", {}, `${one.time.slice(5, 16).replace("T", " ")} ${told(one.why)}`))) : t("no_faults"),
      ...found.drops.map((one) => h("p", {}, `${one.time.slice(11, 16)} ${t("fell")} ${percent(one.from)} → ${percent(one.to)}`))),
    card(t("written"), found.written.length ? h("div", { class: "chips" }, found.written.slice(0, 20).map((name) => h("button", { onclick: () => readWritten(name) }, name))) : t("none_yet"), text),
  ];
}
