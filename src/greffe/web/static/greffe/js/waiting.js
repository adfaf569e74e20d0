// A page whose result is being made looks for it by itself, less often the longer it takes. Without this script its
// link does the same.

const FIRST = 1_000;
const SLOWEST = 15_000;

const done = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) {
    return answer.status < 500;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-waiting]") === null;
};

const look = async (pause) => {
  if (await done().catch(() => false)) {
    location.reload();
  } else {
    setTimeout(look, pause, Math.min(pause * 1.5, SLOWEST));
  }
};

const waiting = document.querySelector("[data-waiting]");
if (waiting) {
  waiting.hidden = false;
  setTimeout(look, FIRST, FIRST);
}
