// Keys for a reader of documents, and the next page drawn before it is asked for. Everything they do is a link or a
// field of the page, so that it works without this script. Whoever dictates or uses other keys can turn them off.

import { keysAreOn } from "./keys.js";

const KEYS = {
  ArrowRight: "next",
  j: "next",
  ArrowLeft: "previous",
  k: "previous",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  "/": "search",
};

class Reader {
  constructor(element) {
    this.element = element;
    document.addEventListener("keydown", (event) => this.press(event));
    this.drawNext();
  }

  press(event) {
    const wanted = KEYS[event.key];
    if (!wanted || !keysAreOn() || event.defaultPrevented || busy(event)) {
      return;
    }
    const target = this.element.querySelector(`[data-key=${wanted}]`);
    if (!target) {
      return;
    }
    event.preventDefault();
    if (wanted === "search") {
      target.focus();
      target.select();
    } else {
      target.click();
    }
  }

  // The registry draws it now and keeps it; the browser itself keeps nothing of a document.
  drawNext() {
    const next = this.element.dataset.nextImage;
    if (next && !navigator.connection?.saveData) {
      window.addEventListener("load", () => fetch(next, { method: "HEAD", priority: "low" }).catch(() => {}));
    }
  }
}

const busy = (event) => {
  const at = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || at.isContentEditable) {
    return true;
  }
  if (at.matches("input:not([type=checkbox]), textarea, select")) {
    return true;
  }
  const frame = at.closest("[data-frame]");
  const scrolls = frame && frame.scrollWidth > frame.clientWidth;
  return Boolean(scrolls && event.key.startsWith("Arrow"));
};

for (const element of document.querySelectorAll("[data-reader]")) {
  new Reader(element);
}
