// A form that is being sent cannot be sent twice. Without this script the server keeps that promise alone.

const hold = (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  for (const button of buttonsOf(form)) {
    button.setAttribute("aria-disabled", "true");
  }
  const pressed = event.submitter;
  if (pressed?.dataset.busyLabel) {
    pressed.dataset.label = pressed.textContent;
    pressed.textContent = pressed.dataset.busyLabel;
  }
};

// A page that comes back from the browser's memory can be sent again.
const release = (event) => {
  if (!event.persisted) {
    return;
  }
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label) {
        button.textContent = button.dataset.label;
      }
    }
  }
};

const buttonsOf = (form) => [...form.elements].filter((element) => element.type === "submit");

document.addEventListener("submit", hold);
window.addEventListener("pageshow", release);
