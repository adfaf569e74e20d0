// Keys for a list of work: j and k move, Enter opens, x chooses. Never while somebody types, nor once turned off.

import { keysAreOn } from "./keys.js";

const list = document.querySelector("[data-queue]");
const rows = list ? [...list.querySelectorAll("tbody tr")] : [];
const typing = "input:not([type=checkbox]), textarea, select";
let current = -1;

function move(step) {
  current = Math.min(rows.length - 1, Math.max(0, current + step));
  rows[current].querySelector("[data-open]").focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  x: () => rows[current]?.querySelector(".row-box:not(:disabled)")?.click(),
};

document.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  if (!act || !keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
  event.preventDefault();
  act();
});
