import { areKeysOn, isField, switchKeys, takesSpace } from "./key-rules";
import { moveRow, openRow, playRow, selectRow } from "./rows";

/** After `g`, for so long. */
const SEQUENCE = 1500;

const PLACES: Record<string, string> = {
  h: "/dashboard",
  c: "/dashboard/calls",
  w: "/dashboard/webhooks",
  t: "/dashboard/tasks",
  s: "/dashboard/sources",
  i: "/dashboard/inbound",
};

/** By a clock that nobody sets. */
let waitingSince = Number.NEGATIVE_INFINITY;

/** Single letters work nowhere near a field, and can be switched off (docs/extend/pages.md). */
export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !areKeysOn()) return;
    if (isField(event.target, event.key) || document.querySelector("dialog[open]")) return;
    if (act(event)) event.preventDefault();
  });
  for (const input of document.querySelectorAll<HTMLInputElement>("[data-keys-switch]")) {
    input.checked = areKeysOn();
    input.addEventListener("change", () => switchKeys(input.checked));
  }
}

/** Whether the key did something. */
function act(event: KeyboardEvent): boolean {
  const place = performance.now() - waitingSince < SEQUENCE ? PLACES[event.key] : undefined;
  waitingSince = Number.NEGATIVE_INFINITY;
  if (place !== undefined) return follow(place);
  switch (event.key) {
    case "g":
      waitingSince = performance.now();
      return true;
    case "?":
      return openKeys();
    case "/":
      return focusSearch();
    case "j":
      return moveRow(1);
    case "k":
      return moveRow(-1);
    case "x":
      return selectRow();
    case "Enter":
      // A control in focus has its own use of Enter.
      return (event.target as Element).closest("a, button, summary, [role=slider]") === null && openRow();
    case " ":
      return !takesSpace(event.target) && playRow();
    default:
      return false;
  }
}

/** Only where the page itself leads: what this person may not open has no key. */
function follow(place: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`.navigation a[href="${place}"]`);
  link?.click();
  return link !== null;
}

function openKeys(): boolean {
  const dialog = document.getElementById("keys");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
  return dialog !== null;
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('[data-key="/"]');
  field?.focus();
  field?.select();
  return field !== null;
}
