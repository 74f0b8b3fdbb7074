// What a mark shows of a check: under way, verified at a height, true but old, or not verified, and why.

import { useEffect, useState } from "preact/hooks";
import { Unreachable } from "../api/client";
import type { Standing } from "./proven";

export type Check =
  | { state: "checking" }
  | { state: "verified"; standing: Standing }
  | { state: "unverified"; error: Error }
  | { state: "offline" };

/** The outcome of `check`, run anew when `key` changes and when what is fresh may have become old; null runs nothing. */
export function useChecked(key: string | null, check: () => Promise<Standing>): Check {
  const [found, setFound] = useState<Check>({ state: "checking" });
  // `check` is made anew at every drawing: what it checks follows from the key.
  useEffect(() => {
    if (key === null) return;
    let gone = false;
    let again: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      try {
        const standing = await check();
        if (gone) return;
        setFound({ state: "verified", standing });
        again = setTimeout(run, standing.againMs);
      } catch (error) {
        if (gone) return;
        setFound(
          error instanceof Unreachable
            ? { state: "offline" }
            : { state: "unverified", error: error as Error },
        );
      }
    };
    void run();
    return () => {
      gone = true;
      clearTimeout(again);
    };
  }, [key]);
  return found;
}
