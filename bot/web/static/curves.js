// How play and learning went: results of battles from the log, figures of the last two hours from the bot.
import { get, h, tried } from "./page.js";
import { chart } from "./chart.js";
import { t } from "./words.js";

export function open(place) {
  const charts = h("div", { class: "charts" });
  place.append(charts);
  const draw = async () => {
    const found = await tried(() => get("/api/curves"));
    if (found) charts.replaceChildren(...drawn(found));
  };
  draw();
  const timer = setInterval(draw, 15000);
  return () => clearInterval(timer);
}

const at = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

function drawn({ battles, samples }) {
  const fought = (name) => battles.map((one, index) => [index + 1, one[name]]);
  const sampled = (name) => samples.map((one) => [one.time, one[name]]);
  const number = { say: (x) => `${t("battle")} ${Math.round(x)}` };
  return [
    chart(t("win_rate"), [{ name: t("win_rate"), points: fought("win_rate_last_20") }], { ...number, low: 0, high: 1 }),
    chart(t("stars"), [{ name: t("stars"), points: fought("stars") }], { ...number, low: 0, high: 3, digits: 0 }),
    chart(t("epsilon"), [{ name: t("epsilon"), points: fought("epsilon") }], { ...number, low: 0 }),
    chart(t("loss"), [{ name: t("loss"), points: sampled("loss") }], { say: at, digits: 4 }),
    chart(t("q_mean"), [{ name: "Q", points: sampled("q_mean") }], { say: at }),
    chart(t("latency"), [{ name: "p50", points: sampled("p50") }, { name: "p99", points: sampled("p99") }], { say: at, low: 0, digits: 1 }),
    chart(t("twin_off"), [{ name: "s", points: sampled("twin_seconds_off") }], { say: at, low: 0, digits: 1 }),
    chart(t("memory"), [{ name: "MiB", points: sampled("memory_mib") }], { say: at, digits: 0 }),
  ];
}
