// An answer that a screen shows: loading, there, stale or refused. What was answered last stays for when nothing answers.

import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { reader } from "../api/access";
import { Unreachable } from "../api/client";
import { load, save } from "./database";
import { height, offline } from "./node";

export type Resource<T> = {
  value: T | null;
  error: Error | null;
  /** When the value was answered, where it is an old one; else 0. */
  oldMs: number;
};

type Kept = { value: unknown; atMs: number };

const answers = new Map<string, Kept>();
const MOST_ANSWERS = 64;

/** What somebody who has signed in is told has a place of its own. */
const placeOf = (key: string, account: string): string => (account ? `${account} ${key}` : key);
const isSomebodys = (place: string): boolean => place.includes(" ");

function keep(place: string, kept: Kept): void {
  answers.delete(place);
  answers.set(place, kept);
  const oldest = answers.keys().next().value;
  if (answers.size > MOST_ANSWERS && oldest !== undefined) answers.delete(oldest);
  if (isSomebodys(place)) return; // It stays in memory, and goes when the key is locked.
  save("answers", place, kept).catch(() => undefined); // A full or forbidden store costs only the memory of it.
}

effect(() => {
  if (!reader.value) for (const place of [...answers.keys()].filter(isSomebodys)) answers.delete(place);
});

async function kept(place: string): Promise<Kept | undefined> {
  return answers.get(place) ?? (await load<Kept>("answers", place).catch(() => undefined));
}

/** What `ask` answers, asked again at every block and by who signs in; `key` names the answer, null asks nothing. */
export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Resource<T> {
  const place = key === null ? null : placeOf(key, reader.value);
  const [found, setFound] = useState<{ place: string | null } & Resource<T>>({
    place,
    value: null,
    error: null,
    oldMs: 0,
  });
  const at = height.value;
  const silent = offline.value;
  // `ask` is made anew at every drawing: what it asks follows from the key.
  useEffect(() => {
    if (place === null) return;
    let gone = false;
    const show = (value: T | null, error: Error | null, oldMs: number) => {
      if (!gone) setFound({ place, value, error, oldMs });
    };
    const work = async () => {
      try {
        const value = await ask();
        if (placeOf(key as string, reader.peek()) !== place) return; // Somebody has signed in or gone since.
        keep(place, { value, atMs: Date.now() });
        show(value, null, 0);
      } catch (error) {
        const before = await kept(place);
        if (error instanceof Unreachable && before) show(before.value as T, null, before.atMs);
        else show(null, error as Error, 0);
      }
    };
    void work();
    return () => {
      gone = true;
    };
  }, [place, at, silent]);
  if (found.place === place) return found;
  const before = place === null ? undefined : answers.get(place);
  return { value: (before?.value as T | undefined) ?? null, error: null, oldMs: 0 };
}
