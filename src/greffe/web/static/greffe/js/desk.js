// Keys of a submission on the desk: they go to a button, which is then pressed with Enter. Unless they are turned off.

import { keysAreOn } from "./keys.js";

const typing = "input:not([type=checkbox]):not([type=radio]), textarea, select";

document.addEventListener("keydown", (event) => {
  if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.focus();
});
