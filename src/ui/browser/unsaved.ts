/**
 * Asks before a page is left on which somebody has written what is not stored and is not being sent: the browser's own question.
 * `data-unsaved` is on a form or a single field that is worth it; its value "yes": what it holds was sent and refused. Who stays
 * is led to what they wrote, can send again, and the page hears of it by the event `stayed`.
 */
export function listenForUnsaved(): void {
  let sent: HTMLFormElement | null = null;
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = event.target as HTMLFormElement;
  });
  addEventListener("beforeunload", (event) => {
    const written = firstWritten(sent);
    if (!written) return;
    event.preventDefault();
    // Nothing runs while the question is open. On a page that is left after all this is harmless.
    setTimeout(() => {
      sent = null;
      for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
      written.focus();
      document.dispatchEvent(new Event("stayed"));
    }, 0);
  });
}

/** The first field that holds something which would be lost; none of the form that is being sent. */
function firstWritten(sent: HTMLFormElement | null): HTMLElement | undefined {
  for (const part of document.querySelectorAll<HTMLElement>("[data-unsaved]")) {
    const fields = part instanceof HTMLFormElement ? [...part.elements] : [part];
    const own = part instanceof HTMLFormElement ? part : part.closest("form");
    if (own === sent) continue;
    const wasRefused = part.dataset["unsaved"] === "yes";
    const found = fields.find((field) => isWritten(field, wasRefused));
    if (found instanceof HTMLElement) return found;
  }
  return undefined;
}

/** Whether a field holds something else than its page came with; of a refused form, whether it holds anything. */
function isWritten(field: Element, wasRefused: boolean): boolean {
  if (field instanceof HTMLSelectElement) {
    const first = [...field.options].findIndex(({ defaultSelected }) => defaultSelected);
    return field.selectedIndex !== Math.max(0, first);
  }
  if (field instanceof HTMLTextAreaElement) return field.value.trim() !== (wasRefused ? "" : field.defaultValue.trim());
  if (!(field instanceof HTMLInputElement) || field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value.trim() !== (wasRefused ? "" : field.defaultValue.trim());
}
