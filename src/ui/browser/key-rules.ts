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

/** What Space does something with of its own. A link has no use for it. */
export function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, summary, input, [role=slider]") !== null;
}

/** Where a key writes or moves something of its own. A check box of a row has none. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Where letters write. The round buttons of an answer take arrows and Space, and no letters. */
export function isTyping(target: EventTarget | null): boolean {
  return isField(target) && !(target instanceof HTMLInputElement && target.type === "radio");
}
