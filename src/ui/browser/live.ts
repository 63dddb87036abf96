/**
 * What shows by itself only while it is seen does not ask for itself in a tab that is hidden, nor while somebody is in it by
 * keyboard: what is in focus would be lost.
 */
export function listenForLive(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (!(part instanceof Element) || !part.matches("[data-while-seen]")) return;
    // The figures come with the same answer.
    const parts = [part, document.getElementById("home-figures")];
    if (document.hidden || parts.some((one) => one?.contains(document.activeElement))) event.preventDefault();
  });
}
