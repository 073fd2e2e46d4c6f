// The browser's own copy of Today, this week and its workouts, for reading without a connection.
// It is of one runner: whoever else is seen, or nobody, empties it. Forms are never kept.

const VERSION = "{version}";
const FILES = ["{style}", "{script}", "/favicon.svg", "/offline"];
const STATIC = `hermes-files-${VERSION}`;
const PAGES = `hermes-pages-${VERSION}`;
const WHOSE = "/offline/whose";
const LIST = "/offline/list";
const AGAIN_MS = 5 * 60 * 1000;
const LEAVING = ["/sign-out", "/connect/strava/disconnect"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(STATIC).then((files) => files.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name !== STATIC && name !== PAGES);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  })());
});

let emptied = 0; // how often: what was being fetched meanwhile is not kept

function empty() {
  emptied += 1;
  return caches.delete(PAGES);
}

/** What is kept, by whom it is of: a note in the cache itself, so that both go together. */
async function note() {
  const kept = await caches.match(WHOSE, { cacheName: PAGES });
  return kept ? kept.json() : null;
}

/** Looks at whose an answer is; empties the copy when it is of somebody else or of nobody. */
async function check(answer) {
  const whose = answer.headers.get("x-hermes-runner");
  if (!whose) return null;
  const kept = await note();
  if (whose === "none" || (kept && kept.whose !== whose)) await empty();
  return whose === "none" ? null : whose;
}

/** Takes a fresh copy of the pages that the server names. */
async function refresh(now) {
  const list = await fetch(LIST, { redirect: "manual", cache: "no-store" });
  if (!list.ok) return empty(); // Signed out.
  const whose = await check(list);
  if (!whose) return undefined;
  const before = emptied;
  const kept = await note();
  const { pages, day } = await list.json();
  if (kept && kept.day === day && now - kept.at < AGAIN_MS) return undefined;
  const answers = await Promise.all(pages.map(async (path) => {
    const answer = await fetch(path, { redirect: "manual", cache: "no-store" });
    return answer.ok && answer.headers.get("x-hermes-runner") === whose ? [path, answer] : null;
  }));
  if (emptied !== before || !answers.some(Boolean)) return undefined;
  const cache = await caches.open(PAGES);
  const stale = (await cache.keys()).filter((key) => !pages.includes(new URL(key.url).pathname));
  await Promise.all(stale.map((key) => cache.delete(key)));
  for (const [path, answer] of answers.filter(Boolean)) await cache.put(path, answer);
  const words = JSON.stringify({ whose, day, at: now });
  const headers = { "content-type": "application/json" };
  await cache.put(WHOSE, new Response(words, { headers }));
  return emptied === before ? undefined : empty();
}

/** The copy of a page, marked as one; else the page that says that there is none. */
async function copy(address) {
  const { pathname, search } = new URL(address);
  const plain = search === "" ? await caches.match(pathname, { cacheName: PAGES }) : null;
  if (!plain) return (await caches.match("/offline")) ?? Response.error();
  const { at } = (await note()) ?? {};
  const when = new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const said = `<p class="offline-note" role="status">You are offline: this is your copy as of ${when}. `
    + "Nothing can be changed until the connection is back.</p>";
  const html = (await plain.text()).replace("<!--offline-->", said);
  return new Response(html, { status: 200, headers: plain.headers });
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    // Signing out leaves nothing behind, whether or not the server is there to say so; nor may what
    // came from Strava stay in a copy when it is erased.
    if (LEAVING.includes(url.pathname)) event.waitUntil(empty());
    return;
  }
  if (FILES.includes(url.pathname) && url.pathname !== "/offline") {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).then(
      async (answer) => {
        await check(answer);
        return answer;
      },
      () => copy(request.url),
    ));
  }
});

addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(refresh(Date.now()).catch(() => undefined));
  if (event.data === "empty") event.waitUntil(empty());
});
