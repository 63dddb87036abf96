const STORED = "trunkline.keys";

/** Whether single letters act on this browser. */
export function areKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** What Space does something with of its own. A link has no use for it, nor has the chosen tab. */
export function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, summary, input:not([data-tab]), [role=slider]") !== null;
}

/**
 * Where a key writes or moves something of its own. A check box of a row has none, and a tab none but the arrows: whoever
 * has clicked one still has the keys of the page.
 */
export function isField(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.dataset["tab"] !== undefined) return key.startsWith("Arrow");
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Where letters write. The round buttons of an answer take arrows and Space, and no letters. */
export function isTyping(target: EventTarget | null): boolean {
  return isField(target, "") && !(target instanceof HTMLInputElement && target.type === "radio");
}
