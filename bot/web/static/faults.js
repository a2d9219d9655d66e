// The faults whose evidence is kept, each with the last frames before it.
import { get, h, tried } from "./page.js";
import { told } from "./told.js";
import { t } from "./words.js";

export function open(place) {
  tried(() => get("/api/faults")).then((found) => {
    if (found) place.append(...(found.length ? found.map(fault) : [h("p", { class: "faint" }, t("no_faults"))]));
  });
}

/** The moment that a folder is named after, in local time. */
function moment(name) {
  const [, y, mo, d, ho, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
  return y ? new Date(Date.UTC(y, mo - 1, d, ho, mi, s)).toLocaleString(t("lang")) : name;
}

function fault(one) {
  const address = (index) => `/api/faults/${encodeURIComponent(one.name)}/${encodeURIComponent(one.pictures[index])}`;
  const newest = one.pictures.length - 1;
  const parts = [h("h2", {}, moment(one.name)), h("p", {}, told(one.why)), one.state ? h("p", { class: "faint" }, `${t("state")}: ${t(`state_${one.state}`, one.state)}`) : ""];
  if (newest >= 0) {
    const picture = h("img", { src: address(newest), alt: told(one.why), loading: "lazy" });
    const count = h("output", {}, `${newest + 1}/${newest + 1}`);
    parts.push(picture, h("div", { class: "scrub" }, h("input", { type: "range", min: 0, max: newest, value: newest, "aria-label": t("frames"),
      oninput: (event) => { picture.src = address(event.target.value); count.textContent = `${Number(event.target.value) + 1}/${newest + 1}`; } }), count));
  }
  parts.push(h("a", { href: `#traces/${one.name}:` }, t("its_trace")));
  return h("section", { class: "card fault" }, parts);
}
