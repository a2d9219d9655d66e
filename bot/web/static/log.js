// The log, newest first, filtered by the server.
import { get, h, tried } from "./page.js";
import { toldValue } from "./told.js";
import { t } from "./words.js";

const LEVELS = ["debug", "info", "warning", "error"];
const HIDDEN = ["time", "level", "event", "run"];

export function open(place) {
  const level = h("select", { id: "level" }, LEVELS.map((one) => h("option", { value: one, selected: one === "info" }, t(`level_${one}`))));
  const event = h("input", { id: "event", placeholder: t("event"), list: "events" });
  const text = h("input", { id: "text", type: "search", placeholder: t("text") });
  const going = h("input", { type: "checkbox", checked: true });
  const lines = h("ol", { class: "log" });
  const events = h("datalist", { id: "events" });
  let soon = null;
  const draw = async () => {
    const asked = new URLSearchParams({ level: level.value, event: event.value.trim(), text: text.value });
    const found = await tried(() => get(`/api/log?${asked}`));
    if (!found) return;
    lines.replaceChildren(...(found.length ? found.map(line) : [t("nothing_found")]));
    for (const name of new Set(found.map((one) => one.event)))
      if (![...events.children].some((one) => one.value === name)) events.append(h("option", { value: name, label: other(t(`log_${name}`, name), name) }));
  };
  for (const field of [level, event, text]) field.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(draw, 250); });
  place.append(h("div", { class: "filters" }, level, event, events, text, h("label", {}, going, t("follow"))), lines);
  draw();
  const timer = setInterval(() => { if (going.checked && !document.hidden) draw(); }, 3000);
  return () => clearInterval(timer);
}

/** A text that stands beside a name; nothing where it is that name. */
const other = (text, name) => (text === name ? null : text);

function line(one) {
  const rest = Object.entries(one).filter(([name]) => !HIDDEN.includes(name));
  const event = t(`log_${one.event}`, one.event);
  return h("li", { class: one.level }, h("time", { title: one.time }, (one.time ?? "").slice(5, 19).replace("T", " ")), h("b", { title: other(one.event, event) }, event),
    h("span", {}, rest.map(([name, value]) => [h("i", {}, t(`field_${name}`, name)), ` ${toldValue(name, value)} `])));
}
