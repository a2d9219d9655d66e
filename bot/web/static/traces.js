// Traces: choose a run and a battle, then go through it event by event.
import { card, clock, facts, get, h, megabytes, tried } from "./page.js";
import { board, enemy, framed, operator } from "./board.js";
import { stepWords, toldStep } from "./told.js";
import { nameOf, t } from "./words.js";

const SPEEDS = [1, 4, 16];
const ACTIONS = ["", "Deploy", "Skill", "Retreat"];
const DIRECTIONS = ["right", "down", "left", "up"];

export function open(place, wanted) {
  let end = null;
  tried(() => get("/api/traces")).then(async (found) => {
    if (!found) return;
    if (!found.length) { place.append(h("p", { class: "faint" }, t("no_traces"))); return; }
    const body = h("div", {});
    const choose = h("select", { id: "trace", "aria-label": t("traces"), onchange: () => show(choose.value) }, found.map((one) =>
      h("option", { value: one.name }, `${(one.began || one.name).slice(0, 19).replace("T", " ")} · ${one.stage} · ${megabytes(one.bytes)}${one.fault ? ` · ${t("fault")}` : ""}`)));
    const show = async (name) => {
      end?.();
      body.replaceChildren();
      const outline = await tried(() => get(`/api/traces/${encodeURIComponent(name)}`));
      if (outline) end = replay(body, name, outline);
    };
    place.append(h("div", { class: "filters" }, choose), body);
    const first = found.find((one) => wanted && one.name.startsWith(wanted)) ?? found[0];
    choose.value = first.name;
    await show(first.name);
  });
  return () => end?.();
}

function replay(place, name, outline) {
  const rows = outline.map.length ? outline.map : Array(8).fill(".".repeat(outline.width));
  const drawn = board(rows);
  const told = h("div", { class: "stack" });
  const slider = h("input", { type: "range", min: 0, max: 0, value: 0, id: "scrub", "aria-label": t("traces") });
  const count = h("output", {});
  const speed = h("select", { "aria-label": t("speed") }, SPEEDS.map((one) => h("option", { value: one, selected: one === 4 }, `${one}×`)));
  const play = h("button", { id: "play", onclick: () => (timer ? stop() : start()) }, t("play"));
  let steps = [], at = 0, timer = null;
  const move = (to) => {
    at = Math.max(0, Math.min(steps.length - 1, to));
    slider.value = at;
    draw();
  };
  const stop = () => { clearTimeout(timer); timer = null; play.textContent = t("play"); };
  const start = () => { play.textContent = t("stop"); timer = setTimeout(tick, 0); };
  const tick = () => {
    if (at >= steps.length - 1) return stop();
    const pause = Math.min(2, Math.max(0.03, (steps[at + 1].seconds - steps[at].seconds) / Number(speed.value)));
    move(at + 1);
    timer = setTimeout(tick, 1000 * pause);
  };
  slider.addEventListener("input", () => { stop(); move(Number(slider.value)); });
  const action = ([kind, slot, tile, direction]) => (kind === 0 ? t("said_wait") : stepWords({
    kind: ACTIONS[kind], name: outline.squad[slot] ?? `${slot}`, direction: DIRECTIONS[direction],
    tile: kind === 1 ? [Math.floor(tile / outline.width), tile % outline.width] : null }));
  const words = (one) => toldStep(one, one.values.action ? { action: action(one.values.action) } : {});
  const draw = () => {
    const step = steps[at];
    if (!step) return;
    const view = lastOf(steps, at, "view"), decided = lastOf(steps, at, "decided");
    const called = (slot) => nameOf(outline.squad[slot] ?? (slot < 0 ? "?" : `${slot}`));
    drawn.draw(view ? [decided?.tile ? framed(decided.tile) : "", view.operators.map((one) => operator({ ...one, name: called(one.slot) })), view.enemies.map(([kind, ...rest]) => enemy([nameOf(kind), ...rest]))] : []);
    count.textContent = `${clock(step.seconds)} · ${t("line")} ${step.line} · ${at + 1}/${steps.length}`;
    told.replaceChildren(
      card(t("now"), facts([[t("state"), t(`state_${step.state}`, step.state)], [t("event"), words(step)],
        ...step.did.map((one) => ["→", words(one)]), ...(decided ? [[t("decisions"), `Q ${decided.q}${decided.explored ? ` · ${t("explored")}` : ""}`]] : [])])),
      view ? card(t("hud"), facts([[t("kills"), `${view.kills}/${view.total}`], [t("life"), view.life], [t("dp"), view.dp], [t("slots_left"), view.slots_left]]),
        h("div", { class: "hand" }, view.cards.map(([slot, cost, state]) => h("span", { class: `handcard ${state}` }, called(slot), h("b", {}, cost < 0 ? "?" : cost))))) : "");
  };
  const battles = h("select", { id: "battle", "aria-label": t("battle"), onchange: () => choose(outline.battles[battles.value]) }, outline.battles.map((one, index) =>
    h("option", { value: index }, `${t("battle")} ${one.number} · ${t(`outcome_${one.outcome || "open"}`)}${one.outcome ? ` ${"★".repeat(one.stars)}` : ""} · ${clock(one.seconds)}`)));
  const choose = async (battle) => {
    stop();
    if (!battle) return;
    steps = (await tried(() => get(`/api/traces/${encodeURIComponent(name)}/steps?first=${battle.first}&last=${battle.last}`))) ?? [];
    slider.max = Math.max(0, steps.length - 1);
    move(steps.findIndex((one) => one.view) < 0 ? 0 : steps.findIndex((one) => one.view));
  };
  const keys = (event) => {
    if (["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName)) return;
    if (event.key === "ArrowRight") move(at + 1);
    if (event.key === "ArrowLeft") move(at - 1);
  };
  document.addEventListener("keydown", keys);
  place.append(h("div", { class: "live" },
    h("div", { class: "stack" }, battles, drawn.root,
      h("div", { class: "scrub" }, h("button", { id: "back", title: t("step_back"), onclick: () => { stop(); move(at - 1); } }, "◀"), slider,
        h("button", { id: "forward", title: t("step_on"), onclick: () => { stop(); move(at + 1); } }, "▶"), play, speed), count), told));
  const settled = outline.battles.findLastIndex((one) => one.outcome);
  battles.value = settled < 0 ? outline.battles.length - 1 : settled;
  choose(outline.battles[battles.value]);
  return () => { stop(); document.removeEventListener("keydown", keys); };
}

function lastOf(steps, at, name) {
  for (let index = at; index >= 0; index -= 1) if (steps[index][name]) return steps[index][name];
  return null;
}
