// The one script of Hermes. Every page works without it; it shows how far an upload and an import
// are, and proposes the browser's time zone.

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

/** Replaces the import's changing part while it runs. */
async function followImport() {
  for (;;) {
    const part = document.querySelector("#import[data-running]");
    if (!part) return;
    await new Promise((done) => setTimeout(done, POLL_MS));
    let html;
    try {
      const answer = await fetch("/welcome/import/progress?part=1");
      if (!answer.ok || answer.redirected) return location.reload();
      html = await answer.text();
    } catch {
      continue; // Hermes may be restarting: ask again.
    }
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#import");
    if (!fresh) return location.reload();
    if (!fresh.hasAttribute("data-running")) return location.assign("/welcome/import");
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

followImport();
document.querySelectorAll("form.upload").forEach(followUpload);
const zone = document.querySelector(".welcome input[data-zone]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
