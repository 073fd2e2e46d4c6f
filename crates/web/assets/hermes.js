// The one script of Hermes. Every page works without it; it shows how far an upload and an import
// are, keeps what was typed when there is no connection, and has the browser keep a copy of this
// week (worker.js).

const MEGABYTE = 1e6;
const POLL_MS = 500;
const REACH_MS = 8000;

/** Says why a field was not taken, as the server would. */
function sayBeside(input, sentence) {
  const id = `${input.name}-error`;
  let said = document.getElementById(id);
  if (!said) {
    said = document.createElement("p");
    said.id = id;
    said.className = "field-error";
    said.setAttribute("role", "alert");
    input.closest("label").after(said);
  }
  said.textContent = sentence;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
}

/** Says above a form what became of it. */
function sayInForm(form, sentence) {
  const said = form.querySelector(":scope > .problem") ?? document.createElement("p");
  said.className = "problem";
  said.setAttribute("role", "alert");
  said.textContent = sentence;
  form.prepend(said);
  said.scrollIntoView({ block: "nearest" });
}

/** Is Hermes there? Without it a browser would leave the page, and with it what was typed. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const { submitter } = event;
  if (form.method !== "post" || form.matches(".upload") || form.dataset.reached) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  try {
    const signal = AbortSignal.timeout(REACH_MS);
    await fetch("/health/live", { method: "HEAD", cache: "no-store", signal });
  } catch {
    return sayInForm(form, "Hermes could not be reached, so nothing was sent. What you typed is "
      + "still here: send it again when the connection is back.");
  } finally {
    delete form.dataset.asking;
  }
  form.dataset.reached = "1";
  addEventListener("pageshow", () => delete form.dataset.reached, { once: true });
  form.requestSubmit(submitter);
});

/** Replaces a part that changes while something runs, then opens its page anew. */
async function follow(id) {
  for (;;) {
    const part = document.getElementById(id);
    if (!part?.hasAttribute("data-running")) return;
    const page = part.dataset.follow;
    await new Promise((done) => setTimeout(done, Number(part.dataset.every ?? POLL_MS)));
    let html;
    try {
      const answer = await fetch(`${page}?part=1`);
      if (!answer.ok || answer.redirected) return location.reload();
      html = await answer.text();
    } catch {
      continue; // Hermes may be restarting: ask again.
    }
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
    if (!fresh) return location.reload();
    if (!fresh.hasAttribute("data-running")) return location.assign(page);
    part.replaceWith(document.adoptNode(fresh));
  }
}

/** Sends the archive with progress, and shows the server's own sentence when it is refused. */
function followUpload(form) {
  const [bar, note] = form.querySelector(".upload-progress").children;
  const input = form.querySelector("input[type=file]");
  const title = form.querySelector(".drop-title");
  const button = form.querySelector("button");
  const most = Number(form.dataset.most);

  const say = (sentence) => {
    sayBeside(input, sentence);
    input.focus();
  };
  const ready = () => {
    button.disabled = false;
    bar.parentElement.hidden = true;
  };

  input.addEventListener("change", () => {
    const [file, ...more] = input.files;
    const name = file ? file.name : "Choose your archive or files";
    title.textContent = more.length ? `${name} and ${more.length} more` : name;
  });

  // Files may be dropped anywhere on the form.
  for (const kind of ["dragover", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("drop-here", kind === "dragover");
      if (kind === "dragover" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change"));
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("drop-here"));

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    const size = Array.from(input.files).reduce((sum, each) => sum + each.size, 0);
    if (size > most) {
      const bound = Math.floor(most / MEGABYTE);
      const what = input.files.length > 1 ? "What you chose" : file.name;
      return say(`${what} is larger than the ${bound} MB that Hermes takes here; import it on `
        + "the command line with hermes import, or upload its activities.csv alone.");
    }
    button.disabled = true;
    bar.parentElement.hidden = false;
    const request = new XMLHttpRequest();
    request.upload.onprogress = (e) => {
      bar.value = e.total ? (100 * e.loaded) / e.total : 0;
      const sent = (e.loaded / MEGABYTE).toFixed(1);
      note.textContent = `${sent} of ${(e.total / MEGABYTE).toFixed(1)} MB sent`;
    };
    request.onload = () => {
      if (request.status < 400) return location.assign("/welcome/import");
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      ready();
      say(page.querySelector(".field-error, .problem, .lead")?.textContent ?? "The file was not taken.");
    };
    request.onerror = () => {
      ready();
      say("Hermes could not be reached; check that it runs, and send the file again.");
    };
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

document.querySelectorAll("[data-follow]").forEach((part) => follow(part.id));
document.querySelectorAll("form.upload").forEach(followUpload);
const zone = document.querySelector(".welcome input[data-zone]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;

// --- Keys: g and a letter opens a place, n and p the next page and the one before, ? tells ---

const KEYS_OFF = "hermes-keys-off";
const CHORD_MS = 1500;
let chord = 0; // until when a letter belongs to g

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const typing = target.closest?.("input, select, textarea, [contenteditable], .lifted");
  const busy = document.querySelector("dialog[open], .lifted");
  if (typing || busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (localStorage.getItem(KEYS_OFF)) return;
  const go = (css) => {
    const link = document.querySelector(css);
    if (!link) return;
    event.preventDefault();
    link.click();
  };
  if (event.timeStamp < chord) {
    chord = 0;
    if (/^[a-z]$/.test(key)) go(`[data-key="${key}"]`);
  } else if (key === "g") {
    chord = event.timeStamp + CHORD_MS;
  } else if (key === "n" || key === "p") {
    go(`main a[rel="${key === "n" ? "next" : "prev"}"]`);
  } else if (key === "?") {
    event.preventDefault();
    openSheet("/keys").then(offerKeysOff);
  }
});

// Whoever speaks to the computer, or rests a hand on it, can do without.
function offerKeysOff() {
  const offer = document.querySelector("[data-keys-off]");
  if (!offer?.hidden) return;
  const button = offer.firstElementChild;
  const off = () => localStorage.getItem(KEYS_OFF);
  const say = () => {
    button.textContent = off() ? "Switch keys on" : "Switch keys off";
  };
  button.addEventListener("click", () => {
    if (off()) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
    say();
  });
  say();
  offer.hidden = false;
}
offerKeysOff();

// A page with navigation is of a runner: its copies are kept up to date. One without may be of
// nobody: there the worker empties them, and this does where there is no worker.
navigator.serviceWorker?.register("/worker.js").then(async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (document.body.matches(".app") && !document.querySelector(".offline-note")) {
    active.postMessage("keep");
  }
}).catch(() => undefined);
