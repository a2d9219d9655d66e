// Stages: find one, see its map, ways, waves and plans, and have a plan searched for.
import { card, clock, facts, get, h, post, say, svg, tried } from "./page.js";
import { board, facing, operator } from "./board.js";
import { stepWords, told, toldReason } from "./told.js";
import { language, nameOf, t } from "./words.js";

export function open(place, wanted) {
  const body = h("div", {});
  const list = h("div", { class: "chips" });
  const search = h("input", { type: "search", id: "search", placeholder: t("find_stage") });
  let end = null, soon = null;
  const find = async () => {
    const found = await tried(() => get(`/api/stages?text=${encodeURIComponent(search.value)}`));
    if (found) list.replaceChildren(...found.map((one) => h("a", { class: "chip", href: `#stages/${encodeURIComponent(one.name)}` }, `${one.code} ${one.title || (one.code === one.name ? "" : one.name)}`)));
    return found;
  };
  search.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(find, 250); });
  place.append(h("div", { class: "filters" }, search), list, body);
  find().then(async (found) => {
    const name = wanted || found?.[0]?.name;
    const stage = name && (await tried(() => get(`/api/stages/${encodeURIComponent(name)}`)));
    if (stage) end = show(body, stage);
  });
  return () => end?.();
}

function show(place, stage) {
  const drawn = board(stage.map, stage.ways);
  const steps = h("ol", { class: "steps plain" });
  const plans = h("select", { id: "plans", "aria-label": t("plan"), onchange: () => draw(stage.plans[plans.value]?.steps ?? []) });
  const slider = h("input", { type: "range", id: "steps", min: 0, max: 0, value: 0, "aria-label": t("plan") });
  let current = [];
  const fillPlans = (chosen) => {
    plans.replaceChildren(...stage.plans.map((one, index) => h("option", { value: index }, one.kept ? one.title || one.name : t("included_plan"))));
    plans.value = chosen;
    plans.hidden = !stage.plans.length;
    draw(stage.plans[chosen]?.steps ?? []);
  };
  const draw = (plan) => {
    current = plan;
    slider.max = plan.length;
    slider.value = plan.length;
    slider.hidden = !plan.length;
    upTo(plan.length);
  };
  const upTo = (count) => {
    const there = new Map();
    current.slice(0, count).forEach((step, index) => {
      if (step.kind === "Deploy" && step.tile) there.set(step.name, { ...step, number: index + 1 });
      if (step.kind === "Retreat") there.delete(step.name);
    });
    drawn.draw([...there.values()].map((step) =>
      operator({ row: step.tile[0], col: step.tile[1], direction: facing(step.direction), name: nameOf(step.name), number: step.number })));
    steps.replaceChildren(...(current.length ? current.map((step, index) =>
      h("li", { class: index === count - 1 ? "next" : index < count ? "done" : "" }, stepWords(step))) : [t("no_plan")]));
  };
  slider.addEventListener("input", () => upTo(Number(slider.value)));
  const given = stage.options;
  const wish = search(stage, (plan) => { stage.plans.unshift(plan); fillPlans(0); });
  place.append(h("h1", {}, `${stage.code} ${stage.title}`), stage.lesson ? h("p", { class: "faint" }, t(`lesson_${stage.code}`, stage.lesson)) : "",
    h("div", { class: "live" },
      h("div", { class: "stack" }, h("figure", { class: "frame" }, drawn.root), legend(), slider, card(t("waves"), waves(stage))),
      h("div", { class: "stack" },
        card(t("plan"), plans, steps), card(t("plan_this"), wish.parts),
        card(t("stage"), facts([[t("enemies"), Object.entries(stage.enemies).map(([kind, count]) => `${count} ${nameOf(kind)}`).join(", ")],
          [t("life"), given.max_life], [t("dp"), `${given.initial_cost} (+1/${given.cost_increase_time} s)`], [t("may_stand"), given.character_limit],
          [t("without_rule"), (language() === "zh" ? stage.unplayed.map(toldReason).join(" · ") : stage.unknown.join(", ")) || "—"], [t("stand_ins"), stage.stand_ins.join(", ") || "—"]])))));
  fillPlans(0);
  return wish.end;
}

const legend = () => h("p", { class: "legend tiles" }, ["entrance", "exit", "ground", "high", "closed"].map((name) => h("span", { class: name }, t(`tile_${name}`))));

/** What of a name has room beside its row; Chinese letters are wider. */
const short = (name) => name.slice(0, language() === "zh" && /[\u4e00-\u9fff]/.test(name) ? 9 : 16);

/** When enemies can come at the earliest: a row a kind, a dot an enemy. */
function waves(stage) {
  const kinds = [...new Set(stage.waves.map((one) => one.enemy))];
  const last = Math.max(10, ...stage.waves.map((one) => one.time));
  const height = 20 * kinds.length + 24, x = (time) => 110 + (time / last) * 440;
  return h("div", { class: "wide" }, svg("svg", { class: "waves", viewBox: `0 0 560 ${height}`, role: "img" },
    kinds.map((kind, row) => [svg("text", { x: 0, y: 20 * row + 16 }, short(nameOf(kind))), svg("line", { class: "grid", x1: 110, x2: 550, y1: 20 * row + 12, y2: 20 * row + 12 })]),
    stage.waves.map((one) => svg("circle", { class: `wave${one.random ? " random" : ""}`, cx: x(one.time), cy: 20 * kinds.indexOf(one.enemy) + 12, r: 5 }, svg("title", {}, `${clock(one.time)} ${nameOf(one.enemy)}, ${t("way")} ${one.way + 1}`))),
    [0, 0.5, 1].map((share) => svg("text", { class: "axis", "text-anchor": ["start", "middle", "end"][2 * share], x: x(share * last), y: height - 4 }, clock(share * last)))));
}

/** The form that has a plan searched for, and how the search goes: {parts, end}. `found` gets the plan. */
function search(stage, found) {
  const seconds = h("select", { id: "seconds", "aria-label": t("seconds") }, [10, 30, 60, 180].map((one) => h("option", { value: one, selected: one === 30 }, `${one} s`)));
  const progress = h("div", { class: "progress" });
  let timer = null, ended = false, given = false;
  const draw = async () => {
    const job = await tried(() => get("/api/plan"));
    if (ended || job?.stage !== stage.opened) return;
    progress.replaceChildren(...progressOf(job));
    if (job.state === "running") timer = setTimeout(draw, 1000);
    if (job.found && !given) { given = true; found({ title: t("new_plan"), kept: true, steps: jobSteps(job.found.job) }); }
  };
  const begin = async () => {
    const answer = await post("/api/plan", { stage: stage.opened, seconds: Number(seconds.value) });
    if (answer.step === "rejected") return say(told(answer.why), true);
    clearTimeout(timer);
    given = false;
    draw();
  };
  draw();
  const parts = [h("p", { class: "faint" }, t(stage.has_roster ? "with_roster" : "without_roster")),
    h("div", { class: "controls" }, seconds, h("button", { class: "primary", id: "plan-this", onclick: begin }, t("search")),
      h("button", { id: "plan-stop", onclick: () => post("/api/plan/stop") }, t("stop"))), progress];
  return { parts, end: () => { ended = true; clearTimeout(timer); } };
}

function progressOf({ state, why, said, found, picture }) {
  const held = found ? Object.entries(found.holds).map(([name, one]) => ` · ${t(name)} ${one.held}/${one.battles}`) : "";
  return [h("p", {}, t(`search_${state}`), why ? `: ${told(why)}` : ""), ...(state === "running" ? said : []).map((one) => h("p", { class: "faint" }, told(one))),
    found ? h("p", {}, t(found.won ? "plan_wins" : "plan_loses", null, found), held) : "",
    found ? h("p", { class: "faint" }, t(`grade_${found.grade}`), (language() === "zh" ? found.grade_codes.map(toldReason) : found.grade_reasons).map((one) => ` · ${one}`)) : "",
    picture && language() !== "zh" ? h("img", { src: `/api/plan/picture?${Date.now()}`, alt: t("plan") }) : ""];
}

/** The steps of a copilot job: its places are (column, row). */
const jobSteps = (job) => job.actions.map((one) => ({
  kind: one.type ?? "Deploy", name: one.name ?? "", tile: one.location ? [one.location[1], one.location[0]] : null,
  direction: (one.direction ?? "right").toLowerCase(), kills: one.kills ?? 0, costs: one.costs ?? 0,
}));
