/**
 * Takes away what works for some time only, such as the way back from a submission, once that is over. `data-gone-after` has
 * the milliseconds that the server still grants it.
 */
export function removeWhatIsOver(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-gone-after]"))
    setTimeout(() => part.remove(), Number(part.dataset["goneAfter"]));
}
