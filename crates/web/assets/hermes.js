// The one script of Hermes. Every page works without it; it shows how far an upload and an import
// are, and proposes the browser's time zone.

const MEGABYTE = 1e6;
const POLL_MS = 500;

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
    document.querySelector("main > .problem")?.remove();
    const p = document.createElement("p");
    p.className = "problem";
    p.setAttribute("role", "alert");
    p.textContent = sentence;
    document.querySelector(".page-head").after(p);
    p.scrollIntoView({ block: "nearest" });
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
      say(page.querySelector(".problem, .lead")?.textContent ?? "The file was not taken.");
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
