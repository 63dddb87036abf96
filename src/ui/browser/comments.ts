import { areKeysOn, isTyping } from "./key-rules";
import { startPlaying } from "./start-playing";

// Beside comments: a key that begins one at the moment that is heard, keys from one marked moment to the next, and the
// names of colleagues after an @.

/** Names that are offered at once. */
const OFFERED = 6;
/** Of a moment that is heard again: the one before it is meant. */
const JUST_NOW = 1.5;

const audio = document.querySelector<HTMLAudioElement>("[data-audio-element]");
const known = new Map<string, Promise<string[]>>();

for (const field of document.querySelectorAll<HTMLTextAreaElement>("[data-comment]")) offerNames(field);

const written = document.querySelector<HTMLTextAreaElement>('[data-comment-form] [data-comment="new"]');
written?.addEventListener("input", () => noteMoment());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !areKeysOn()) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const acted = event.key === "m" ? begin() : event.key === "," ? toMark(-1) : event.key === "." ? toMark(1) : false;
  if (acted) event.preventDefault();
});

/** Begins a comment on what is heard. */
function begin(): boolean {
  if (!written) return false;
  noteMoment(true);
  written.focus();
  written.scrollIntoView({ block: "center" });
  return true;
}

/** A comment is about the moment at which it was begun, unless somebody wrote another. */
function noteMoment(anew = false): void {
  const moment = document.querySelector<HTMLInputElement>('[data-comment-form] input[name="moment"]');
  if (!moment || !audio || audio.currentTime < 1) return;
  if (moment.value === "" || (anew && written?.value === "")) moment.value = asClock(audio.currentTime);
}

function asClock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Plays from the marked moment before or after the one that is heard. */
function toMark(step: -1 | 1): boolean {
  if (!audio) return false;
  const moments = [...document.querySelectorAll<SVGElement>("[data-mark]")]
    .map((mark) => Number(mark.dataset.seek))
    .toSorted((one, other) => one - other);
  const now = audio.currentTime;
  const to = step > 0 ? moments.find((at) => at > now + 0.1) : moments.findLast((at) => at < now - JUST_NOW);
  if (to === undefined) return moments.length > 0;
  audio.currentTime = to;
  startPlaying(audio);
  return true;
}

/** Offers the names that begin with what stands after an @, below the field: arrow down goes there, Enter takes one. */
function offerNames(field: HTMLTextAreaElement): void {
  const list = document.createElement("ul");
  list.className = "offered-names";
  list.hidden = true;
  list.setAttribute("aria-label", field.dataset.peopleLabel ?? "");
  field.insertAdjacentElement("afterend", list);
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
  };
  const take = (name: string) => {
    const { begin: from, end } = atCaret(field) ?? { begin: field.selectionStart, end: field.selectionStart };
    field.setRangeText(`@${name} `, from, end, "end");
    close();
    field.focus();
  };
  const show = async () => {
    const place = atCaret(field);
    if (!place) return close();
    const people = await peopleFor(field);
    if (atCaret(field)?.begin !== place.begin) return;
    const begun = folded(atCaret(field)?.word ?? "");
    const fitting = people.filter((name) =>
      folded(name)
        .split(/\s+/)
        .some((_, at, parts) => parts.slice(at).join(" ").startsWith(begun)),
    );
    list.replaceChildren(
      ...fitting.slice(0, OFFERED).map((name) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button small";
        button.dir = "auto";
        button.textContent = name;
        button.addEventListener("click", () => take(name));
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    list.hidden = fitting.length === 0;
  };
  field.addEventListener("input", () => void show());
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowDown") buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
    else if (event.key === "ArrowUp") (buttons[at - 1] ?? field).focus();
    else if (event.key === "Escape") {
      close();
      field.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** The word after an @ that is being written, with where it begins and ends; undefined where none is. */
function atCaret(field: HTMLTextAreaElement): { begin: number; end: number; word: string } | undefined {
  const end = field.selectionStart;
  const found = /(?:^|[\s([{"'“«¿¡/,;:])(@([^@\n]{0,40}))$/u.exec(field.value.slice(0, end));
  return found ? { begin: end - (found[1] ?? "").length, end, word: found[2] ?? "" } : undefined;
}

/** Who can be named, as it is known on the server: asked once, and again for another review. */
function peopleFor(field: HTMLTextAreaElement): Promise<string[]> {
  const about = field.form?.querySelector<HTMLSelectElement | HTMLInputElement>('[name="about"]')?.value ?? "";
  const address = `${field.dataset.people ?? ""}?review=${encodeURIComponent(about)}`;
  const before = known.get(address);
  if (before) return before;
  const asked = fetch(address, { headers: { accept: "application/json" } })
    .then(async (answer) => (answer.ok ? ((await answer.json()) as { people: string[] }).people : []))
    .catch(() => []);
  known.set(address, asked);
  return asked;
}

/** As names are compared: without accents and capitals. */
function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
