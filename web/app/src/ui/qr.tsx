// A text as a QR code, for another's camera; made when it is asked for. Dark on light in every scheme: cameras want that.

import { useEffect, useState } from "preact/hooks";
import { number } from "../text/format";
import { t } from "../text/messages";
import { Skeleton } from "./parts";

/**
 * What fits version 25 at the lowest correction (ISO/IEC 18004): 117 modules a side, two pixels each on a phone of 320.
 * It holds a proposal of two or three owners; a larger code is a grey area to most cameras.
 */
export const MOST_BYTES = 1_273;
/** So much text bears the medium correction and still is a small code. */
const SHORT = 300;
/** Modules of white around it, as the standard wants them. */
const BORDER = 4;

const WIDEST = 420;
/** What a phone's screen loses to the edges of the page and of a card. */
const EDGES = 66;

/** How many pixels a module has: whole ones, so that all are of one size. */
export const scaleOf = (size: number, windowWidth: number): number =>
  Math.max(1, Math.floor(Math.min(WIDEST, windowWidth - EDGES) / size));

type Made = { size: number; path: string };

/** The dark modules of a code as the path of one picture. */
export const pathOf = (rows: readonly (readonly boolean[])[]): string =>
  rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .filter(Boolean)
    .join("");

async function made(text: string): Promise<Made> {
  const { encodeQR } = await import("qr");
  const rows = encodeQR(text, "raw", { ecc: text.length > SHORT ? "low" : "medium", border: BORDER });
  return { size: rows.length, path: pathOf(rows) };
}

/** `what` says to who does not see it what the code holds. */
export function QrCode({ text, what }: { text: string; what: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>{t("qr.show")}</summary>
      {isOpen && <Picture key={text} {...{ text, what }} />}
    </details>
  );
}

function Picture({ text, what }: { text: string; what: string }) {
  const [code, setCode] = useState<Made | null>(null);
  const bytes = new TextEncoder().encode(text).length;
  const fits = bytes <= MOST_BYTES;
  useEffect(() => {
    if (fits) void made(text).then(setCode);
  }, []);
  if (!fits) return <p>{t("qr.tooLong", { count: number(bytes), most: number(MOST_BYTES) })}</p>;
  if (!code) return <Skeleton height={260} />;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={t("qr.of", { what })}
      width={code.size * scaleOf(code.size, innerWidth)}
      viewBox={`0 0 ${code.size} ${code.size}`}
      shape-rendering="crispEdges"
    >
      <rect width={code.size} height={code.size} />
      <path d={code.path} />
    </svg>
  );
}
