// An answer that a screen shows: loading, there, stale or refused. What was answered last stays for when nothing answers.

import { useEffect, useState } from "preact/hooks";
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

function keep(key: string, kept: Kept): void {
  answers.delete(key);
  answers.set(key, kept);
  const oldest = answers.keys().next().value;
  if (answers.size > MOST_ANSWERS && oldest !== undefined) answers.delete(oldest);
  save("answers", key, kept).catch(() => undefined); // A full or forbidden store costs only the memory of it.
}

async function kept(key: string): Promise<Kept | undefined> {
  return answers.get(key) ?? (await load<Kept>("answers", key).catch(() => undefined));
}

/** What `ask` answers, asked again at every block; `key` names the answer, null asks nothing. */
export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Resource<T> {
  const [found, setFound] = useState<{ key: string | null } & Resource<T>>({
    key,
    value: null,
    error: null,
    oldMs: 0,
  });
  const at = height.value;
  const silent = offline.value;
  // `ask` is made anew at every drawing: what it asks follows from the key.
  useEffect(() => {
    if (key === null) return;
    let gone = false;
    const show = (value: T | null, error: Error | null, oldMs: number) => {
      if (!gone) setFound({ key, value, error, oldMs });
    };
    const work = async () => {
      try {
        const value = await ask();
        keep(key, { value, atMs: Date.now() });
        show(value, null, 0);
      } catch (error) {
        const before = await kept(key);
        if (error instanceof Unreachable && before) show(before.value as T, null, before.atMs);
        else show(null, error as Error, 0);
      }
    };
    void work();
    return () => {
      gone = true;
    };
  }, [key, at, silent]);
  if (found.key === key) return found;
  const before = key === null ? undefined : answers.get(key);
  return { value: (before?.value as T | undefined) ?? null, error: null, oldMs: 0 };
}
