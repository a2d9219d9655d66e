// The state of the bot as it comes: one stream for the page, closed while the page is hidden.

let source = null;
let last = null;
let heard = 0;
const listeners = new Set();

/** Call a listener with each message from now on, and at once with the last one; returns what ends that. */
export function listen(listener) {
  listeners.add(listener);
  if (last) listener(last);
  return () => listeners.delete(listener);
}

/** Seconds since the last message; Infinity before the first. */
export const silence = () => (heard ? (Date.now() - heard) / 1000 : Infinity);

function open() {
  if (source) return;
  source = new EventSource("/api/live");
  source.onmessage = (event) => {
    last = JSON.parse(event.data);
    heard = Date.now();
    for (const listener of listeners) listener(last);
  };
}

function close() {
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
if (!document.hidden) open();
