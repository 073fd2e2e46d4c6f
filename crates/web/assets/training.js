// Training pages: dialogs over pages, moving sessions by hand, reading charts, live what-ifs.

const LONG_PRESS_MS = 450;
const WHAT_IF_MS = 250;

/** The page at an address, as a document; null where it is not one of ours any more. */
async function pageAt(address) {
  const answer = await fetch(address);
  if (answer.redirected && new URL(answer.url).pathname === "/welcome") return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Shows the content of another page of ours in a dialog. */
async function openSheet(address) {
  let page;
  try {
    page = await pageAt(address);
  } catch {
    page = null; // No connection: the browser's own way says it best.
  }
  const main = page?.querySelector("main");
  if (!main) return location.assign(address);
  let sheet = document.querySelector("dialog.sheet");
  if (!sheet) {
    sheet = document.createElement("dialog");
    sheet.className = "sheet";
    document.body.append(sheet);
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet || event.target.closest(".sheet-close, [data-close]")) {
        event.preventDefault();
        sheet.close();
      }
    });
  }
  const inside = document.createElement("div");
  inside.className = "sheet-in";
  inside.append(...document.adoptNode(main).childNodes);
  const close = document.createElement("button");
  close.className = "sheet-close";
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.textContent = "×";
  const title = inside.querySelector("h1");
  if (title) {
    title.id = "sheet-title";
    sheet.setAttribute("aria-labelledby", title.id);
  }
  sheet.replaceChildren(inside, close);
  if (!sheet.open) sheet.showModal();
  sheet.scrollTop = 0;
  inside.querySelector("[autofocus], [aria-invalid], #confirm")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sheet]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openSheet(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-sheet-form]")) return;
  event.preventDefault();
  openSheet(`${form.action}?${new URLSearchParams(new FormData(form))}`);
});

/** Sends a form once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches(".upload")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// --- Moving a session to another day: mouse, touch and keyboard open the same preview ---------

function followCalendar(calendar) {
  const live = document.createElement("p");
  live.className = "hidden";
  live.setAttribute("aria-live", "assertive");
  calendar.after(live);
  let lifted = null; // the session in hand
  let over = null; // the day under it

  const say = (text) => {
    live.textContent = text;
  };
  const days = () => [...calendar.querySelectorAll("[data-day]")];
  const light = (cell) => {
    over?.classList.remove("drop-here");
    over = cell;
    over?.classList.add("drop-here");
  };
  const lift = (session) => {
    lifted = session;
    session.classList.add("lifted");
    say(`${session.dataset.name} lifted. Left and right choose a day, Enter drops it, Escape `
      + "puts it back.");
  };
  const release = () => {
    lifted?.classList.remove("lifted");
    lifted = null;
    light(null);
  };
  const drop = () => {
    const [from, to] = [lifted?.dataset.from, over?.dataset.day];
    release();
    if (from && to && from !== to) openSheet(`/plan/edit?do=move&day=${from}&to=${to}`);
  };

  calendar.addEventListener("dragstart", (event) => {
    const session = event.target.closest("[data-from]");
    if (!session) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", session.dataset.from);
    lift(session);
  });
  calendar.addEventListener("dragover", (event) => {
    const cell = event.target.closest("[data-day]");
    if (!lifted || !cell) return;
    event.preventDefault();
    light(cell);
  });
  calendar.addEventListener("drop", (event) => {
    event.preventDefault();
    drop();
  });
  calendar.addEventListener("dragend", release);

  let timer = 0;
  let pressed = false;
  calendar.addEventListener("touchstart", (event) => {
    const session = event.target.closest("[data-from]");
    if (!session || event.touches.length > 1) return;
    timer = setTimeout(() => {
      pressed = true;
      lift(session);
      navigator.vibrate?.(15);
    }, LONG_PRESS_MS);
  }, { passive: true });
  calendar.addEventListener("touchmove", (event) => {
    clearTimeout(timer);
    if (!pressed) return;
    event.preventDefault(); // The finger carries the session, not the page.
    const { clientX, clientY } = event.touches[0];
    light(document.elementFromPoint(clientX, clientY)?.closest("[data-day]") ?? null);
  }, { passive: false });
  for (const end of ["touchend", "touchcancel"]) {
    calendar.addEventListener(end, (event) => {
      clearTimeout(timer);
      if (!pressed) return;
      pressed = false;
      event.preventDefault();
      if (end === "touchend") drop();
      else release();
    });
  }
  calendar.addEventListener("contextmenu", (event) => {
    if (pressed) event.preventDefault();
  });

  calendar.addEventListener("keydown", (event) => {
    const session = event.target.closest("[data-from]");
    if (!lifted && session && event.key === "m") {
      event.preventDefault();
      lift(session);
      return light(session.closest("[data-day]"));
    }
    if (!lifted) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = days();
      const next = all[all.indexOf(over) + step];
      if (!next) return;
      light(next);
      next.scrollIntoView({ block: "nearest" });
      const there = next.querySelector(".mini strong")?.textContent;
      say(`${next.getAttribute("aria-label")}, ${there ? `swap with ${there}` : "free"}`);
    } else if (event.key === "Enter") {
      event.preventDefault();
      drop();
    } else if (event.key === "Escape") {
      event.preventDefault();
      say("Put back.");
      release();
    }
  });
  calendar.querySelectorAll("[data-from]").forEach((session) => {
    session.setAttribute("aria-keyshortcuts", "m");
  });
}

// --- Reading the values of a chart --------------------------------------------------------------

/** Lays the places that can be read over a picture; what each says, in their order. */
function layHits(svg, template) {
  const [width, height] = template.dataset.size.split(" ");
  const lines = template.content.textContent.split("\n").filter(Boolean);
  return lines.map((line) => {
    const [x, y] = line.split(" ", 2);
    const hit = document.createElementNS(svg.namespaceURI, "rect");
    const box = { class: "hit", x, y, width, height };
    Object.entries(box).forEach(([name, value]) => hit.setAttribute(name, value));
    svg.append(hit);
    return [hit, line.slice(x.length + y.length + 2)];
  });
}

function followChart(chart) {
  const line = chart.querySelector(".chart-read");
  const svg = chart.querySelector("svg");
  const template = chart.querySelector("template");
  const both = template ? layHits(svg, template) : [];
  if (!both.length) return;
  const hits = both.map(([hit]) => hit);
  const texts = both.map(([, text]) => text);
  let at = Number(template.dataset.now ?? hits.length - 1);
  line.hidden = false;
  line.textContent = texts[at];
  svg.setAttribute("tabindex", "0");
  const read = (n) => {
    hits[at].classList.remove("read");
    at = Math.max(0, Math.min(hits.length - 1, n));
    hits[at].classList.add("read");
    line.textContent = texts[at];
  };
  const find = (event) => hits.indexOf(event.target.closest(".hit"));
  svg.addEventListener("pointermove", (event) => find(event) >= 0 && read(find(event)));
  svg.addEventListener("pointerdown", (event) => find(event) >= 0 && read(find(event)));
  svg.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: hits.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    read(to);
  });
}

// --- What-if: the answer follows the form --------------------------------------------------------

/** Says in words where a slider stands; the page has a word for each of its steps. */
function say(range) {
  const word = range.dataset.words.split("|")[(range.value - range.min) / range.step];
  range.setAttribute("aria-valuetext", word);
  range.form.querySelector(`output[for="${range.id}"]`).value = word;
}

function followWhatIf(form) {
  let timer = 0;
  let asked = 0;
  const outcome = document.querySelector(form.dataset.live);
  const ask = async () => {
    const mine = ++asked;
    outcome.ariaBusy = "true";
    const query = new URLSearchParams(new FormData(form));
    const page = await pageAt(`${location.pathname}?${query}`).catch(() => null);
    if (mine !== asked) return;
    outcome.ariaBusy = "false";
    const fresh = page?.querySelector(form.dataset.live);
    if (!fresh) return;
    outcome.replaceChildren(...document.adoptNode(fresh).childNodes);
    history.replaceState(null, "", `${location.pathname}?${query}#what-if`);
  };
  form.addEventListener("input", ({ target }) => {
    if (target.type === "range") say(target);
    // Who says when is away for one week at least.
    const asleep = form.elements[target.dataset.wakes];
    if (asleep?.value === "0") {
      asleep.value = 1;
      say(asleep);
    }
    clearTimeout(timer);
    timer = setTimeout(ask, WHAT_IF_MS);
  });
  // A browser that goes back sets sliders to where they stood.
  form.querySelectorAll("input[type=range]").forEach(say);
}

document.querySelectorAll("[data-calendar]").forEach(followCalendar);
document.querySelectorAll("[data-chart]").forEach(followChart);
document.querySelectorAll("form[data-live]").forEach(followWhatIf);
