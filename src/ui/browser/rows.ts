import { startPlaying } from "./start-playing";

const CURRENT = "is-current";

/** A click on a row opens it; a click on something in it does what that does. */
export function listenForRows(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[data-rows] tr[data-href]");
    if (!row || target.closest("a, button, input, label, summary") || getSelection()?.toString()) return;
    row.querySelector<HTMLAnchorElement>("a.row-link")?.click();
  });
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.closest?.("[data-rows] .cell-select")) return;
    if (box.dataset.selectAll !== undefined) for (const one of boxesOf(box.form)) one.checked = box.checked;
    showSelection(box.form);
  });
  // Whoever comes back to a page finds the rows selected as they were.
  addEventListener("pageshow", () => {
    for (const bar of document.querySelectorAll("[data-selection]")) showSelection(bar.closest("form"));
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-play]");
    if (!button) return;
    event.preventDefault();
    play(button.closest("tr"));
  });
}

export function moveRow(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-rows] tbody tr:not(.row-below)")];
  if (rows.length === 0) return false;
  const now = rows.findIndex((row) => row.classList.contains(CURRENT));
  const next = rows[now === -1 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step))];
  for (const row of rows) row.classList.toggle(CURRENT, row === next);
  next?.scrollIntoView({ block: "nearest" });
  next?.querySelector<HTMLElement>("a.row-link")?.focus({ preventScroll: true });
  return true;
}

export function openRow(): boolean {
  const link = current()?.querySelector<HTMLAnchorElement>("a.row-link");
  link?.click();
  return link !== null && link !== undefined;
}

export function selectRow(): boolean {
  const box = current()?.querySelector<HTMLInputElement>(".cell-select input");
  box?.click();
  return box !== null && box !== undefined;
}

export function playRow(): boolean {
  const row = current();
  return row !== null && play(row);
}

function current(): HTMLElement | null {
  return document.querySelector(`[data-rows] tr.${CURRENT}`);
}

/** One audio element for the whole list: what plays stops when another row begins. */
function play(row: HTMLElement | null): boolean {
  const source = row?.dataset.audio;
  if (!row || source === undefined) return false;
  const audio = audioElement();
  const isThis = audio.dataset.of === source;
  if (isThis && !audio.paused) audio.pause();
  else {
    if (!isThis) {
      audio.src = source;
      audio.dataset.of = source;
    }
    startPlaying(audio);
  }
  return true;
}

function audioElement(): HTMLAudioElement {
  const known = document.getElementById("row-audio");
  if (known instanceof HTMLAudioElement) return known;
  const audio = document.createElement("audio");
  audio.id = "row-audio";
  const mark = () => {
    for (const row of document.querySelectorAll<HTMLElement>("[data-rows] tr[data-audio]"))
      row.classList.toggle("is-playing", row.dataset.audio === audio.dataset.of && !audio.paused);
  };
  for (const type of ["play", "pause", "ended"]) audio.addEventListener(type, mark);
  document.body.append(audio);
  return audio;
}

function boxesOf(form: HTMLFormElement | null): HTMLInputElement[] {
  return [...(form?.querySelectorAll<HTMLInputElement>("tbody .cell-select input") ?? [])];
}

/** The bar of actions on the selected rows says how many there are. */
function showSelection(form: HTMLFormElement | null): void {
  const boxes = boxesOf(form);
  const count = boxes.filter(({ checked }) => checked).length;
  const place = form?.querySelector("[data-selection-count]");
  if (place) place.textContent = String(count);
  const all = form?.querySelector<HTMLInputElement>("[data-select-all]");
  if (!all) return;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}
