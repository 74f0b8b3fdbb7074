// Where the keyboard and a screen reader are: never nowhere. What had the focus may be taken away by what it did.

const SCREEN = "screen";

/** After a move the screen has the focus, so that the keyboard and a screen reader begin there. */
export function toScreen(event?: Event): void {
  event?.preventDefault();
  document.getElementById(SCREEN)?.focus({ preventScroll: event === undefined });
}

/** From inside out, the places that may take the focus over from what is in them: its card, the screen. */
function placesOf(element: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = element.parentElement; at; at = at.parentElement)
    if (at.id === SCREEN || at.classList.contains("card")) found.push(at);
  return found;
}

function take(place: HTMLElement): void {
  if (!place.hasAttribute("tabindex")) {
    place.tabIndex = -1;
    place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  }
  place.focus({ preventScroll: true });
}

/** When the element with the focus is removed (a step is done, a key is unlocked), the card around it has it. */
export function keepFocus(): void {
  let last: Element | null = null;
  let places: HTMLElement[] = [];
  document.addEventListener("focusin", ({ target }) => {
    last = target as Element;
    places = placesOf(last);
  });
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    const place = places.find(({ isConnected }) => isConnected);
    if (place) take(place);
  }).observe(document.body, { childList: true, subtree: true });
}
