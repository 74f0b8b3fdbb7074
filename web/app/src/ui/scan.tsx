// The way to a camera: a button, where the browser lets a page ask for one. What looks is loaded when it is pressed.

import type { FunctionComponent } from "preact";
import { useState } from "preact/hooks";
import { addressBytes } from "../data/codec";
import { t } from "../text/messages";
import type { Scanning } from "./scanner";

/** Cameras are for pages of HTTPS or localhost. */
const hasCamera = (): boolean => Boolean(globalThis.navigator?.mediaDevices?.getUserMedia);

/** `onText` takes what a code holds; false: that is not what is wanted, the camera looks on. */
export function Scan({ onText }: { onText: (text: string) => boolean }) {
  const [Scanner, setScanner] = useState<FunctionComponent<Scanning> | null>(null);
  if (!hasCamera()) return null;
  const open = () => import("./scanner").then((found) => setScanner(() => found.Scanner));
  if (Scanner) return <Scanner onText={onText} onEnd={() => setScanner(null)} />;
  return (
    <p class="buttons">
      <button type="button" class="plain small" onClick={open}>
        {t("scan.open")}
      </button>
    </p>
  );
}

/** The address that a code holds, alone or at the end of a link; empty where there is none. */
export function addressIn(text: string): string {
  const [found = ""] = /nrg1[0-9a-z]+$/.exec(text.trim()) ?? [];
  return addressBytes(found) ? found : "";
}
