// Whether single keys act on this device. Whoever dictates or uses other keys turns them off for every page at once
// (WCAG 2.1.4), by a switch beside the list of keys. Without this script no key acts, and no list of them is shown.

const OFF = "greffe-keys-off";
const switches = document.querySelectorAll("[data-keys-on]");

export const keysAreOn = () => localStorage.getItem(OFF) === null;

function show() {
  for (const one of switches) {
    one.checked = keysAreOn();
  }
}

function remember(event) {
  if (event.target.checked) {
    localStorage.removeItem(OFF);
  } else {
    localStorage.setItem(OFF, "");
  }
  show();
}

show();
for (const one of switches) {
  one.addEventListener("change", remember);
}
for (const list of document.querySelectorAll("[data-keys]")) {
  list.hidden = false;
}
// Another page of the registry may have turned them off, or this page may come back as it was left.
window.addEventListener("storage", show);
window.addEventListener("pageshow", show);
