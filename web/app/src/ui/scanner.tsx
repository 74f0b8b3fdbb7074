// A camera's picture, and what the QR codes in it hold. The code that decodes is the page's own: few browsers have one.

import { useEffect, useRef, useState } from "preact/hooks";
import { decodeQR } from "qr/decode.js";
import { t } from "../text/messages";
import { announce } from "./announce";
import { Notice } from "./parts";

const LOOKS_EVERY_MS = 150;
const WANTED_WIDTH = 1_280;

export type Scanning = { onText: (text: string) => boolean; onEnd: () => void };

/** The text of the code in a picture; null where none is seen. */
function textIn(video: HTMLVideoElement, canvas: HTMLCanvasElement): string | null {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || !video.videoWidth) return null;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  context.drawImage(video, 0, 0);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return null; // Most pictures hold none, or one that is blurred.
  }
}

export function Scanner({ onText, onEnd }: Scanning) {
  const video = useRef<HTMLVideoElement>(null);
  const [said, setSaid] = useState<"" | "scan.none" | "scan.other">("");
  useEffect(() => {
    let stream: MediaStream | null = null;
    let next: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const canvas = document.createElement("canvas");
    const look = () => {
      const text = video.current && textIn(video.current, canvas);
      if (text && onText(text)) return onEnd();
      if (text) setSaid("scan.other");
      next = setTimeout(look, LOOKS_EVERY_MS);
    };
    const begin = async () => {
      try {
        const wanted = { facingMode: "environment", width: { ideal: WANTED_WIDTH } };
        stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
        if (gone || !video.current) return stop();
        video.current.srcObject = stream;
        await video.current.play();
        look();
      } catch {
        setSaid("scan.none"); // Refused, in use, or none there.
      }
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    announce(t("scan.hold"));
    void begin();
    return () => {
      gone = true;
      clearTimeout(next);
      stop();
    };
  }, []);
  return (
    <div class="stack">
      {said === "scan.none" ? (
        <Notice tone="mild">{t("scan.none")}</Notice>
      ) : (
        <>
          <span>{t(said || "scan.hold")}</span>
          <video ref={video} class="camera" aria-label={t("scan.picture")} muted playsInline />
        </>
      )}
      <p class="buttons">
        <button type="button" onClick={onEnd}>
          {t("scan.stop")}
        </button>
      </p>
    </div>
  );
}
