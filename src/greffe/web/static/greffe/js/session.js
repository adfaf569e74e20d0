// Warns some minutes before the session ends, without touching what is typed on the page. The server knows how long
// it lasts: other pages of the same person may have used it in the meantime.

const WHILE_SHOWN = 30;
const LONGEST = 600;

const place = document.querySelector("[data-session]");
const region = place?.querySelector("[data-session-says]");
let timer;
let left; // what had the focus before the warning took it

const warned = () => Number(place.dataset.warned);

const later = (seconds) => {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(1, seconds) * 1000);
};

const say = (what) => {
  if (region.dataset.shown === what) {
    return;
  }
  region.dataset.shown = what;
  const words = what && place.querySelector(`template[data-says="${what}"]`);
  region.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
  document.documentElement.classList.toggle("session-warned", Boolean(what));
};

const over = () => {
  clearTimeout(timer);
  say("over");
};

const told = async (answer) => {
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    over();
    return;
  }
  const { left: seconds, limit } = await answer.json();
  say(seconds > warned() ? "" : limit);
  later(seconds > warned() ? Math.min(seconds - warned(), LONGEST) : Math.min(seconds + 1, WHILE_SHOWN));
};

const ask = (options) =>
  fetch(place.dataset.session, { redirect: "manual", ...options })
    .then(told)
    .catch(() => later(WHILE_SHOWN));

const look = () => ask({});

// The button of the warning: sent from here, so that nobody leaves the page.
const stay = (event) => {
  event.preventDefault();
  (left?.isConnected ? left : document.querySelector("#main")).focus({ preventScroll: true });
  const body = new FormData(event.target);
  body.set("csrfmiddlewaretoken", place.dataset.token);
  ask({ method: "POST", body });
};

if (place) {
  region.addEventListener("submit", stay);
  region.addEventListener("focusin", (event) => {
    left = region.contains(event.relatedTarget) ? left : event.relatedTarget;
  });
  later(Math.min(Number(place.dataset.left) - warned(), LONGEST));
  document.addEventListener("visibilitychange", () => document.hidden || look());
}
