// The service worker: the page works where nothing answers, and no file runs whose hash is not that of its build.
//
// The hashes of all files are written into this one when it is built (vite.config.ts), so that one build's worker knows
// that build only. The node's answers never pass through here.

/** What this file uses of the worker's scope: the library of workers and that of pages exclude each other. */
type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
type Asking = Event & { request: Request; respondWith(answer: Promise<Response>): void };
type Scope = {
  location: Location;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Asking) => void): void;
};
const scope = globalThis as unknown as Scope;

const FILES = JSON.parse("__FILES__") as Record<string, string>;
const INDEX = "index.html";
const CACHE = `page ${FILES[INDEX]}`;
const OLD = /^page /;

async function integrityOf(data: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", data));
  return `sha384-${btoa(String.fromCharCode(...hash))}`;
}

/** A file whose hash is the expected one; else an error, and nothing is kept. */
async function checked(name: string, expected: string): Promise<Response> {
  const answer = await fetch(`/${name}`, { cache: "no-cache" });
  const data = await answer.arrayBuffer();
  if (!answer.ok || (await integrityOf(data)) !== expected) throw new Error(`${name} is not what was built`);
  return new Response(data, { headers: answer.headers });
}

const pathOf = (name: string): string => (name === INDEX ? "/" : `/${name}`);

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    Object.entries(FILES).map(async ([name, hash]) => cache.put(pathOf(name), await checked(name, hash))),
  );
  await scope.skipWaiting();
}

async function tidy(): Promise<void> {
  for (const name of await caches.keys()) if (OLD.test(name) && name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

/** A file of this build from the cache; what it does not know is asked for. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(request.url).pathname)) ?? fetch(request);
}

const isOfThePage = ({ origin, pathname }: URL): boolean =>
  origin === scope.location.origin && (pathname === "/" || pathname.slice(1) in FILES);

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(tidy()));
scope.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && isOfThePage(new URL(event.request.url)))
    event.respondWith(answer(event.request));
});

export {};
