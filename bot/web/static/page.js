// What every view uses: elements, requests, numbers. Texts go in as text, never as HTML.
import { told } from "./told.js";

/** An element: attributes by name, listeners as onclick and so on, children as elements or texts. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** As h, for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** What an address answers, as data; throws an Error with the server's words where it refuses. */
export async function get(path) {
  const answer = await fetch(path);
  if (answer.status === 401) location.href = "/login";
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.why ?? answer.statusText);
  return data;
}

/** The answer to a request that changes something: {step, what or why}; rejected where the server does not answer. */
export async function post(path, body = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.status === 401) location.href = "/login";
    return await answer.json();
  } catch (error) {
    return { step: "rejected", why: error.message };
  }
}

let silence = null;
/** Say something at the foot of the page for some seconds. */
export function say(text, bad = false) {
  const place = document.getElementById("said");
  place.textContent = text;
  place.className = bad ? "bad shown" : "shown";
  clearTimeout(silence);
  silence = setTimeout(() => { place.className = ""; }, 6000);
}

/** Do something that may fail; the error is said. */
export async function tried(work) {
  try {
    return await work();
  } catch (error) {
    say(told(error.message), true);
    return null;
  }
}

export const percent = (share) => `${Math.round(100 * (share ?? 0))} %`;
export const fixed = (value, digits = 2) => (value === null || value === undefined ? "—" : Number(value).toFixed(digits));
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** A card: a heading and what is below it. */
export function card(title, ...children) {
  return h("section", { class: "card" }, h("h2", {}, title), ...children);
}

/** Names and values in two columns. */
export function facts(rows) {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value ?? "—")]));
}
