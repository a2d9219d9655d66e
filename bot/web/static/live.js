// What the bot sees, knows, does and feels now, and the buttons that ask it for things.
import { card, facts, fixed, get, h, percent, post, say } from "./page.js";
import { listen } from "./stream.js";
import { stepWords, told, toldAction } from "./told.js";
import { nameOf, t } from "./words.js";

const LAYERS = ["seen", "known", "inferred"];
const shown = { seen: true, known: true, inferred: true };

export function open(place) {
  const canvas = h("canvas", { width: 854, height: 480, "aria-label": t("live") });
  const parts = Object.fromEntries(
    ["hud", "hand", "state", "decisions", "plan", "learning", "twin", "health"].map((name) => [name, h("div", { "data-part": name })]));
  const note = h("p", { class: "faint" }, t("no_frame"));
  const layers = h("div", { class: "chips" }, LAYERS.map((name) =>
    h("label", { class: `chip ${name}` },
      h("input", { type: "checkbox", checked: shown[name], onchange: (event) => { shown[name] = event.target.checked; if (last) draw(canvas, last); } }),
      t(name))));
  const view = h("div", { class: "live" },
    h("div", { class: "stack" },
      h("figure", { class: "frame" }, canvas, note), layers, parts.hud, parts.hand,
      h("div", { class: "late" }, card(t("decisions"), parts.decisions))),
    h("div", { class: "stack" },
      card(t("now"), parts.state), card(t("ask"), controls()), card(t("plan"), parts.plan),
      card(t("learning"), parts.learning), card(t("twin"), parts.twin), card(t("health"), parts.health)));
  place.append(view);
  let last = null;
  return listen((message) => {
    last = message;
    const absent = message.status.state === "absent";
    view.classList.toggle("absent", absent);
    note.textContent = t(absent ? "no_bot" : "no_frame");
    note.hidden = Boolean(message.frame);
    canvas.hidden = !message.frame;
    layers.hidden = !message.frame;
    if (message.frame) draw(canvas, message);
    fill(parts, message);
  });
}

async function draw(canvas, message) {
  const bytes = Uint8Array.from(atob(message.frame), (one) => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const at = ([x, y]) => [x * canvas.width, y * canvas.height];
  pen.font = "bold 11px sans-serif";
  pen.textBaseline = "bottom";
  if (shown.known) message.drawn.known.forEach((one) => drawKnown(pen, one, at));
  if (shown.known && message.drawn.decided) outline(pen, message.drawn.decided.map(at), "#5dff84", 4);
  if (shown.seen) message.drawn.seen.forEach((one) => drawSeen(pen, one, at));
  if (shown.inferred) message.drawn.inferred.forEach((one) => drawInferred(pen, one, at));
  canvas.dataset.drawn = message.number;
}

function drawSeen(pen, one, at) {
  const [x, y] = at(one.box);
  const [width, height] = at(one.box.slice(2));
  pen.strokeStyle = "#ffb000";
  pen.lineWidth = 2;
  pen.strokeRect(x, y, width, height);
  if (one.name !== "skill_ready") tag(pen, `${told(one.name)} ${one.score.toFixed(2)}`, x, y - 1, "#ffb000");
}

function drawKnown(pen, one, at) {
  const tile = one.tile.map(at);
  outline(pen, tile, "#58c7ff", 2);
  if (one.facing) outline(pen, one.facing.map(at), "#58c7ff", 3);
  const low = tile.reduce((best, point) => (point[1] > best[1] ? point : best));
  tag(pen, `${nameOf(one.name)}${one.ready ? " ★" : ""}`, Math.min(...tile.map(([x]) => x)), low[1] + 13, "#58c7ff");
}

function drawInferred(pen, one, at) {
  const [x, y] = at(one.at);
  pen.setLineDash([4, 3]);
  pen.strokeStyle = "#ff7bf5";
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(x, y, 11, 0, 7);
  pen.stroke();
  pen.setLineDash([]);
  tag(pen, nameOf(one.kind), x + 12, y + 6, "#ff7bf5");
}

function outline(pen, points, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (points.length > 2) pen.closePath();
  pen.stroke();
}

function tag(pen, text, x, y, colour) {
  const width = pen.measureText(text).width + 4;
  pen.fillStyle = "rgba(16,18,22,.78)";
  pen.fillRect(x, y - 12, width, 13);
  pen.fillStyle = colour;
  pen.fillText(text, x + 2, y);
}

function fill(parts, { status, hand, decisions, plan }) {
  const hud = status.screen === "battle" ? status.hud : null;
  parts.hud.replaceChildren(hud ? h("div", { class: "hud" },
    figure(t("kills"), `${hud.kills}/${hud.total}`), figure(t("life"), hud.life), figure(t("dp"), hud.dp),
    figure(t("slots_left"), hud.slots_left)) : "");
  parts.hand.replaceChildren(h("div", { class: "hand" }, (hand ?? []).map((one) =>
    h("span", { class: `handcard ${one.state}`, title: t(`card_${one.state}`) }, nameOf(one.name), h("b", {}, one.cost < 0 ? "?" : one.cost)))));
  parts.state.replaceChildren(facts([
    [t("state"), t(`state_${status.state}`, status.state)], [t("why"), told(status.why)],
    ...(status.state === "absent" ? [] : [
      [t("stage"), status.stage], [t("screen"), told(status.screen) || "—"], [t("hands"), t(`gate_${status.gate}`, status.gate ?? "—")],
      [t("battle"), `${(status.battles ?? 0) + 1}`],
      [t("results"), t("won_of", null, { won: status.won ?? 0, battles: status.battles ?? 0, stars: status.stars ?? 0 })]])]));
  const list = decisions ?? (status.decision ? [status.decision] : []);
  parts.decisions.replaceChildren(list.length ? h("ol", { class: "decisions" }, list.slice(0, 8).map(decision)) : t("none_yet"));
  parts.plan.replaceChildren(...planProgress(status.plan, plan ?? []));
  parts.learning.replaceChildren(facts([
    [t("win_rate"), status.win_rate_last_20 === undefined ? "—" : percent(status.win_rate_last_20)],
    [t("learns"), status.learner_failed ? told(status.learner_failed) : (status.learning === undefined ? "—" : t(status.learning ? "on" : "off"))],
    [t("epsilon"), fixed(status.epsilon)], [t("buffer"), status.buffer], [t("updates"), status.updates],
    [t("loss"), fixed(status.loss, 4)], ["Q", fixed(status.q_mean)], [t("champion"), status.champion?.record ?? "—"]]));
  const twin = status.twin;
  parts.twin.replaceChildren(twin ? facts([
    [t("in_step"), t(twin.lost ? "twin_lost" : twin.in_step ? "yes" : "no")],
    [t("kills_off"), twin.kills_off], [t("seconds_off"), `${fixed(twin.seconds_off, 1)} s`]]) : t("none_yet"));
  const spent = status.latency_ms;
  parts.health.replaceChildren(facts([
    [t("latency"), spent ? `${spent.p50} · p99 ${spent.p99}` : "—"], [t("memory"), status.memory_mib],
    [t("inbox"), status.inbox], [t("learner_queue"), status.learner_queue], [t("frames"), status.frames], [t("gestures"), status.gestures],
    [t("threads"), status.threads], [t("open_files"), status.open_files], [t("faults"), status.faults]]));
}

const figure = (name, value) => h("span", {}, h("small", {}, name), h("b", {}, value));

function decision(one) {
  const others = (one.considered ?? []).filter((other) => other.action !== one.action);
  return h("li", {}, h("div", {}, h("span", {}, toldAction(one.action)), h("b", {}, `Q ${fixed(one.q)}`), one.explored ? h("em", {}, t("explored")) : ""),
    others.length ? h("small", { class: "faint" }, `${t("considered")}: `, others.map((other) => `${toldAction(other.action)} (${fixed(other.q)})`).join(" · ")) : "");
}

function planProgress(progress, steps) {
  if (!progress) return [t("no_plan")];
  const bar = h("progress", { max: progress.steps, value: progress.done });
  return [h("p", {}, bar, ` ${progress.done}/${progress.steps}`), h("ol", { class: "steps" }, steps.map((step, index) =>
    h("li", { class: index < progress.done ? "done" : index === progress.done ? "next" : "" }, stepWords(step))))];
}

function controls() {
  const stage = h("input", { id: "stage", list: "stage-names", placeholder: t("stage") });
  const names = h("datalist", { id: "stage-names" });
  const avoid = h("input", { id: "avoid", placeholder: t("avoid") });
  get("/api/stages").then((found) => names.append(...found.map((one) => h("option", { value: one.name }, `${one.code} ${one.title}`))), () => {});
  const button = (word, verb, body, options = {}) =>
    h("button", { "data-ask": word, ...options, onclick: () => ask(verb, typeof body === "function" ? body() : body, options.sure) }, t(word));
  return h("div", { class: "controls" },
    button("pause", "pause", {}, { class: "primary" }), button("resume", "resume", {}),
    button("stop_after", "stop", { when: "after_battle" }, { class: "danger", sure: "sure_stop" }),
    h("span", { class: "pair" }, t("speed"), button("speed_1", "speed", { speed: 1 }), button("speed_2", "speed", { speed: 2 })),
    h("span", { class: "pair" }, t("learning"), button("on", "learn", { on: true }), button("off", "learn", { on: false })),
    h("form", { class: "pair", onsubmit: (event) => { event.preventDefault(); if (stage.value) ask("stage", { stage: stage.value, avoid: avoid.value }); } },
      stage, names, avoid, h("button", { "data-ask": "play_stage" }, t("play_stage"))));
}

async function ask(verb, body, sure) {
  if (sure && !confirm(t(sure))) return;
  const answer = await post(`/api/request/${verb}`, body);
  if (answer.step === "rejected") say(told(answer.why), true);
  else say(t(answer.step === "accepted" ? "accepted" : "done", null, { what: t(`verb_${verb}`, verb) }));
}
