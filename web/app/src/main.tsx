import { render } from "preact";
import { App } from "./app";
import { assets } from "./data/assets";
import { follow } from "./data/node";
import { keepSignedIn } from "./keys/login";
import { place, route } from "./router";
import { screenOf } from "./screens";
import "./styles.css";
import { preferred, speak } from "./text/messages";
import { watchChain } from "./trust/trust";
import { keepFocus, toScreen } from "./ui/focus";

async function start(): Promise<void> {
  const root = document.getElementById("app");
  if (!root) return;
  // The node, the words and the screen's own file are asked for at once.
  const following = follow();
  screenOf(place.value.name)
    ?.load()
    .catch(() => undefined); // The screen asks again and says it.
  await speak(preferred(localStorage.getItem("nodechain.language"), navigator.languages));
  route(() => {
    window.scrollTo(0, 0);
    toScreen();
  });
  keepSignedIn();
  watchChain();
  keepFocus();
  render(<App />, root);
  await following;
  if (localStorage.getItem("nodechain.notices")?.includes('"inBrowser":true'))
    import("./data/notice_watch").catch(() => undefined); // Notices are for the screen of that name then.
  await assets().catch(() => undefined); // Without an answer the symbols are the names.
}

/** Offline use; a browser or a place that forbids it loses only that. */
function keepOffline(): void {
  if (!globalThis.isSecureContext || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}

void start().then(keepOffline);
