// The browser's store: what was trusted, what was last verified, and what was last answered, for when nothing answers.

const NAME = "nodechain";
const STORES = ["trust", "answers", "keys"] as const;
export type StoreName = (typeof STORES)[number];

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = work(database.transaction(store, mode).objectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export const load = <T>(store: StoreName, key: string): Promise<T | undefined> =>
  run(store, "readonly", (found) => found.get(key) as IDBRequest<T | undefined>);

export const save = async (store: StoreName, key: string, value: unknown): Promise<void> => {
  await run(store, "readwrite", (found) => found.put(value, key));
};

export const forget = async (store: StoreName, key: string): Promise<void> => {
  await run(store, "readwrite", (found) => found.delete(key));
};
