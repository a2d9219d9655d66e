// The page: which view is open, its language and its colours.
import { get, h, post, tried } from "./page.js";
import { language, setLanguage, setNames, t } from "./words.js";
import { listen, silence } from "./stream.js";
import * as live from "./live.js";
import * as curves from "./curves.js";
import * as log from "./log.js";
import * as faults from "./faults.js";
import * as traces from "./traces.js";
import * as stages from "./stages.js";
import * as report from "./report.js";

const VIEWS = { live, curves, log, faults, traces, stages, report };
const COLOURS = ["auto", "light", "dark"];
let close = null, locked = false, named = false;

/** Have the names of the tables in Chinese, once they are needed. */
async function learnNames() {
  if (named || language() !== "zh") return;
  named = true;
  setNames((await tried(() => get("/api/names"))) ?? {});
}

async function show() {
  await learnNames();
  const [name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  const view = VIEWS[name] ? name : "live";
  close?.();
  document.documentElement.lang = t("lang");
  document.getElementById("nav").replaceChildren(...Object.keys(VIEWS).map((one) =>
    h("a", { href: `#${one}`, "aria-current": one === view ? "page" : null }, t(one))));
  document.querySelector("nav a[aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
  drawTools();
  const place = document.getElementById("view");
  place.replaceChildren();
  place.dataset.view = view;
  close = VIEWS[view].open(place, rest.join("/")) ?? null;
}

function drawTools() {
  const colours = localStorage.getItem("colours") ?? "auto";
  document.documentElement.dataset.colours = colours;
  document.getElementById("tools").replaceChildren(
    h("button", { id: "language", title: t("language"), onclick: () => { setLanguage(language() === "zh" ? "en" : "zh"); show(); } },
      language() === "zh" ? "English" : "中文"),
    h("button", { id: "colours", title: t("colours"), onclick: () => {
      localStorage.setItem("colours", COLOURS[(COLOURS.indexOf(colours) + 1) % COLOURS.length]);
      drawTools();
    } }, t(`colours_${colours}`)),
    locked ? h("button", { onclick: async () => { await post("/logout"); location.href = "/login"; } }, t("log_out")) : "",
  );
}

function drawState(status) {
  const place = document.getElementById("state");
  const quiet = silence() > 8;
  const state = quiet ? "silent" : status?.state ?? "silent";
  place.dataset.state = state;
  place.textContent = t(`state_${state}`, state);
}

let status = null;
listen((message) => { status = message.status; drawState(status); });
setInterval(() => drawState(status), 2000);
window.addEventListener("hashchange", show);
get("/api/locked").then((answer) => { locked = answer.locked; drawTools(); });
drawState(null);
show();
