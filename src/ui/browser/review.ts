import { isAnswered, criteriaOf, askedOf } from "../../quality/scorecards/asked";
import type { Answer, Answers } from "../../quality/scorecards/answers";
import type { ScorecardDefinition } from "../../quality/scorecards/shape";
import { scoreOf } from "../../quality/scorecards/score";
import { areKeysOn, isTyping } from "./key-rules";
import { startPlaying } from "./start-playing";

// Beside the form of a review: its score as one answers, its keys, and answers that are stored by themselves. A call is
// kept for five minutes; each save keeps it as long again, so one is sent while the recording plays, too.

const SAVE_AFTER = 1_500;
const KEEP_EVERY = 60_000;
const NOT_APPLICABLE = "-";
/** Browsers send 64 KiB of a page that is left, all its requests together. */
const MOST_KEPT_ALIVE = 60_000;
/** The recording of this review comes first. */
const AHEAD_AFTER = 4_000;

const form = document.querySelector<HTMLFormElement>("[data-review]");
const audio = document.querySelector<HTMLAudioElement>("[data-audio-element]");
if (form) start(form);

function start(review: HTMLFormElement): void {
  const definition = JSON.parse(review.dataset.definition ?? "{}") as ScorecardDefinition;
  const fields = [...review.querySelectorAll<HTMLElement>("[data-criterion]")];
  const scales = new Set(criteriaOf(definition).flatMap(({ id, kind }) => (kind === "scale" ? [id] : [])));
  let timer = 0;
  // Not by the clock of the machine, which may be set while the page is open.
  let lastKept = performance.now();
  const save = ({ isLeaving = false } = {}) => {
    window.clearTimeout(timer);
    timer = 0;
    lastKept = performance.now();
    const data = new FormData(review);
    data.set("do", "keep");
    data.set("quiet", "yes");
    data.set("writing", criterionWritten());
    const body = new URLSearchParams(data as never);
    // Sent to its end although its page is left, as far as browsers do that: they bound all such requests together.
    const keepalive = isLeaving && body.toString().length <= MOST_KEPT_ALIVE;
    void fetch(review.action, { method: "POST", body, redirect: "manual", keepalive }).then(
      (answer) => showEngines(review, answer),
      // It is stored with the next one.
      () => undefined,
    );
  };
  const show = () => showScore(review, definition, fields);
  review.addEventListener("input", (event) => {
    noteMoment(event.target);
    show();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => save(), SAVE_AFTER);
  });
  // What was typed is whole once its field is left: engines' answers to it are shown then.
  review.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || !isWritten(event.target)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => save(), 0);
  });
  // A page that somebody left to itself does not keep its call: only who plays or answers does.
  audio?.addEventListener("timeupdate", () => {
    if (performance.now() - lastKept > KEEP_EVERY) save();
  });
  review.addEventListener("click", (event) => {
    const play = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-engine-at]") : null;
    if (play) playFrom(play.dataset.engineAt ?? "");
  });
  review.addEventListener("submit", () => {
    window.clearTimeout(timer);
    timer = 0;
  });
  // It was not sent after all.
  document.addEventListener("stayed", () => save());
  window.addEventListener("pagehide", () => {
    if (timer !== 0) save({ isLeaving: true });
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
        if (!isForReview(event.target, review)) return;
        event.preventDefault();
        review.requestSubmit(document.querySelector<HTMLButtonElement>('button[form="review"][value="submit"]'));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || !areKeysOn() || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") || !act(event.key, fields, scales)) return;
      event.preventDefault();
      // The player has keys of its own for what is left.
      event.stopImmediatePropagation();
    },
    true,
  );
  show();
  window.setTimeout(() => void loadAhead(review.dataset.next ?? ""), AHEAD_AFTER);
}

/**
 * Loads the recording that comes after this one into the cache of the browser, so that the next page plays at once. Not for
 * who saves data; and nobody is told where it fails.
 */
async function loadAhead(address: string): Promise<void> {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (address === "" || connection?.saveData === true) return;
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const { audio: next } = (await answer.json()) as { audio: string | null };
    if (next === null) return;
    const file = await fetch(next, { priority: "low" } as RequestInit);
    // Only what is read to its end is kept.
    if (file.ok) await file.arrayBuffer();
  } catch {
    // The next page loads it itself.
  }
}

/** Whether a field is the answer to a criterion, typed letter by letter. */
function isWritten(field: HTMLInputElement): boolean {
  return field.type === "text" && field.name.startsWith("a.");
}

/** The criterion whose answer is being typed; "" for none. */
function criterionWritten(): string {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && isWritten(field) ? field.name.slice("a.".length) : "";
}

/** Whether Ctrl+Enter here submits the review: in its scorecard, and outside every form and window. */
function isForReview(target: EventTarget | null, review: HTMLFormElement): boolean {
  if (!(target instanceof Element) || target.closest("details[data-menu], dialog[open]") !== null) return false;
  const around = "form" in target && target.form instanceof HTMLFormElement ? target.form : target.closest("form");
  return around === null || around === review;
}

/** Whether the key did something. `scales`: the criteria whose choices are numbers, which are chosen by the digit they show. */
function act(key: string, fields: readonly HTMLElement[], scales: ReadonlySet<string>): boolean {
  const shown = fields.filter(({ hidden }) => !hidden);
  const at = shown.findIndex((one) => one.contains(document.activeElement));
  const current = shown[at];
  if (key === "ArrowDown" || key === "j") return focusOn(shown[Math.min(shown.length - 1, at + 1)]);
  if (key === "ArrowUp" || key === "k") return focusOn(shown[Math.max(0, at - 1)]);
  if (!current) return false;
  const choices = [...current.querySelectorAll<HTMLInputElement>('input[type="radio"]')];
  if (/^\d$/.test(key) && choices.length > 0 && scales.has(current.dataset.criterion ?? "")) {
    choose(choices.find(({ value }) => value === key));
    // A digit that the scale has not is no key of the player's here, either.
    return true;
  }
  if (/^[1-9]$/.test(key)) return choose(choices.filter(({ value }) => value !== NOT_APPLICABLE)[Number(key) - 1]);
  if (key === "a") return choose(choices.find(({ value }) => value === NOT_APPLICABLE));
  if (key === "c") return focusOn(current.querySelector<HTMLElement>("[data-remark]"));
  if (key === "e") return toEvidence(current);
  return false;
}

function focusOn(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}

function choose(choice: HTMLInputElement | undefined): boolean {
  if (!choice) return false;
  choice.checked = true;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/** Shows what engines answered to what is stored now. */
async function showEngines(review: HTMLFormElement, answer: Response): Promise<void> {
  if (answer.status !== 200) return;
  const { engines } = (await answer.json()) as {
    engines: Record<string, { text: string; at: number | null; clock: string }>;
  };
  for (const [id, said] of Object.entries(engines)) {
    const criterion = review.querySelector(`[data-criterion="${CSS.escape(id)}"]`);
    const line = criterion?.querySelector<HTMLElement>("[data-engine]");
    if (!criterion || !line?.hidden) continue;
    line.hidden = false;
    const text = line.querySelector("[data-engine-text]");
    if (text) text.textContent = said.text;
    const play = line.querySelector<HTMLElement>("[data-engine-at]");
    if (play && said.at !== null) {
      play.dataset.engineAt = String(said.at);
      play.textContent = said.clock;
      play.hidden = false;
    }
    const reason = criterion.querySelector<HTMLElement>("[data-reason]");
    if (reason) reason.hidden = false;
  }
}

/** Plays from the moment of the criterion's remark, or else of what its engine's answer rests on. */
function toEvidence(criterion: HTMLElement): boolean {
  const own = criterion.querySelector<HTMLInputElement>("[data-moment]")?.value ?? "";
  const line = criterion.querySelector<HTMLElement>("[data-engine]");
  const ofEngine = line && !line.hidden ? line.querySelector<HTMLElement>("[data-engine-at]")?.dataset.engineAt : "";
  return playFrom(own === "" ? (ofEngine ?? "") : own);
}

function playFrom(moment: string): boolean {
  if (moment === "" || !audio) return false;
  audio.currentTime = Number(moment);
  startPlaying(audio);
  return true;
}

/** A remark is about the moment at which it was begun. */
function noteMoment(target: EventTarget | null): void {
  if (!(target instanceof HTMLInputElement) || target.dataset.remark === undefined || !audio) return;
  const moment = target.closest("[data-criterion]")?.querySelector<HTMLInputElement>("[data-moment]");
  if (!moment) return;
  if (target.value === "") moment.value = "";
  else if (moment.value === "" && audio.currentTime > 0) moment.value = audio.currentTime.toFixed(1);
}

function showScore(review: HTMLFormElement, definition: ScorecardDefinition, fields: readonly HTMLElement[]): void {
  const data = new FormData(review);
  const given: Record<string, Answer> = {};
  for (const { id, kind } of criteriaOf(definition)) {
    const sent = data.get(`a.${id}`);
    const value = typeof sent === "string" ? sent.trim() : "";
    const na = value === NOT_APPLICABLE && kind !== "text";
    const written = kind === "scale" && /^\d{1,4}$/.test(value) ? Number(value) : value;
    given[id] = { value: na || value === "" ? null : written, na, comment: "", at_seconds: null };
  }
  const answers: Answers = given;
  const asked = askedOf(definition, answers);
  for (const field of fields) field.hidden = !asked.has(field.dataset.criterion ?? "");
  const { score } = scoreOf(definition, answers);
  const shown = review.querySelector<HTMLElement>("[data-score]");
  const language = document.documentElement.lang;
  if (shown && score !== null) {
    const words = shown.dataset.words ?? "#";
    const inPercent = { style: "percent", maximumFractionDigits: 2 } as const;
    const text = new Intl.NumberFormat(language, inPercent).format(score / 100);
    shown.textContent = words.replace("#", text);
  }
  const count = review.querySelector<HTMLElement>("[data-answered]");
  const done = criteriaOf(definition).filter((one) => asked.has(one.id) && isAnswered(one, answers[one.id])).length;
  const said = (count?.dataset.words ?? "#done").replace("#done", String(done)).replace("#asked", String(asked.size));
  if (count) count.textContent = said;
}
