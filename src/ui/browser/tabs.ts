import { rememberOne } from "./remember";

const COOKIE = "trunkline_tabs";
/** In pixels: what is seen beside a tab that was brought into sight. */
const BESIDE = 16;

/** The server chooses the tab that this browser had last, so that nothing moves once a page is there. */
export function listenForTabs(): void {
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.dataset["tab"] === undefined) return;
    const group = target.dataset["tab"];
    rememberOne(COOKIE, (one) => one.startsWith(`${group}-`), `${group}-${target.value}`);
  });
  window.addEventListener("hashchange", showTarget);
  showTarget();
  for (const chosen of document.querySelectorAll<HTMLElement>("[data-tab]:checked")) bringIntoSight(chosen);
}

/** What an address points to may lie in a tab that is not the chosen one. */
function showTarget(): void {
  const id = location.hash.slice(1);
  const found = id === "" ? null : document.getElementById(id);
  const panel = found?.closest<HTMLElement>("[data-tab-panel]");
  if (!found || !panel) return;
  const name = CSS.escape(panel.dataset["tabPanel"] ?? "");
  const tab = panel.parentElement?.querySelector<HTMLInputElement>(`[data-tab][value="${name}"]`);
  if (!tab || tab.checked) return;
  tab.checked = true;
  found.scrollIntoView();
}

/** Tabs that are wider than the page scroll by themselves, and nothing else does. */
function bringIntoSight(tab: HTMLElement): void {
  const [label, bar] = [tab.parentElement, tab.closest<HTMLElement>(".tab-bar")];
  if (!label || !bar) return;
  const hidden = label.offsetLeft + label.offsetWidth + BESIDE - bar.clientWidth;
  if (hidden > 0) bar.scrollLeft = hidden;
}
