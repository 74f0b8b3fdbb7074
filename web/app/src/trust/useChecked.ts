// What a mark shows of a check: under way, verified at a height, or not, and why.

import { useEffect, useState } from "preact/hooks";
import { Unreachable } from "../api/client";

export type Check =
  | { state: "checking" }
  | { state: "verified"; height: number }
  | { state: "unverified"; error: Error }
  | { state: "offline" };

/** The outcome of `check`, run anew when `key` changes; null runs nothing. */
export function useChecked(key: string | null, check: () => Promise<number>): Check {
  const [found, setFound] = useState<Check>({ state: "checking" });
  // `check` is made anew at every drawing: what it checks follows from the key.
  useEffect(() => {
    if (key === null) return;
    let gone = false;
    check().then(
      (height) => !gone && setFound({ state: "verified", height }),
      (error: Error) =>
        !gone &&
        setFound(error instanceof Unreachable ? { state: "offline" } : { state: "unverified", error }),
    );
    return () => {
      gone = true;
    };
  }, [key]);
  return found;
}
