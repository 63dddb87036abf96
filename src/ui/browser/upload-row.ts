import { announce } from "./announce";
import { factsOf } from "./file-facts";
import type { UploadRequests } from "./upload-requests";
import { rememberedUploads } from "./upload-memory";
import { sendFile, type Outcome } from "./upload-transfer";

export type UploadWords = Record<
  | "chooseCampaign"
  | "waiting"
  | "resumes"
  | "sending"
  | "paused"
  | "retrying"
  | "finishing"
  | "done"
  | "cancelled"
  | "signedOut"
  | "start"
  | "startOne"
  | "summary"
  | "empty"
  | "tooLarge"
  | "notAudio"
  | "forbidden"
  | "invalid"
  | "conflict"
  | "gone"
  | "failed"
  | "twice",
  string
>;

type State = "ready" | "queued" | "sending" | "stopped" | "refused" | "done";

type Options = {
  file: File;
  template: HTMLTemplateElement;
  words: UploadWords;
  requests: UploadRequests;
  locale: string;
  /** A file may have so many bytes. */
  most: number;
  organization: string;
  campaignOf(): string;
  onChange(): void;
  onRemove(): void;
};

export type UploadRowView = ReturnType<typeof uploadRow>;

const TONES = { ready: "idle", queued: "idle", sending: "idle", stopped: "attention", refused: "wrong", done: "good" };

/** The row of one file: what it shows, and what its buttons do. */
export function uploadRow(options: Options) {
  const { file, words, requests } = options;
  const element = (options.template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const find = (name: string) => element.querySelector(`[data-${name}]`) as HTMLElement;
  const fields = [...element.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-field]")];
  const [pause, resume, cancel] = [find("pause"), find("resume"), find("cancel")];
  const bar = find("bar") as HTMLProgressElement;
  const memory = rememberedUploads(options.organization);
  const percent = new Intl.NumberFormat(options.locale, { style: "percent" });
  const known = () => memory.find(file, options.campaignOf());
  let state: State = "ready";
  let id: string | undefined;
  let share = 0;
  let stop = new AbortController();
  let isRemoved = false;

  const say = (next: State, text: string) => {
    state = next;
    find("state").textContent = text.replace("{}", percent.format(share));
    find("status").className = `status ${TONES[state]}`;
    pause.hidden = state !== "sending" && state !== "queued";
    resume.hidden = state !== "stopped" && !(state === "refused" && isWorthTrying());
    cancel.hidden = state === "done";
    bar.value = share * 100;
    (find("fields") as HTMLFieldSetElement).disabled = id !== undefined || state === "sending" || state === "done";
    find("fields").hidden = state === "done";
  };
  const isWorthTrying = () => file.size > 0 && file.size <= options.most;

  const valueOf = (name: string) => fields.find(({ dataset }) => dataset.field === name)?.value.trim() ?? "";
  /** The fields of the call as the API takes them. */
  const given = (): Record<string, string> => {
    const [direction, startedAt] = [valueOf("direction"), valueOf("started_at")];
    const number = valueOf("number");
    return {
      campaign_id: options.campaignOf(),
      ...(valueOf("external_id") && { external_id: valueOf("external_id") }),
      // The other side of the call is called where we call.
      ...(number && { [direction === "outbound" ? "to" : "from"]: number }),
      ...(direction && { direction }),
      ...(startedAt && { started_at: new Date(startedAt).toISOString() }),
    };
  };

  const settle = (outcome: Outcome): void => {
    if (outcome.kind !== "stopped" && outcome.kind !== "signedOut" && id !== undefined) {
      // Neither is gone on with.
      if (outcome.kind === "done" || ["gone", "notAudio"].includes(outcome.why))
        memory.forget(file, options.campaignOf());
    }
    if (outcome.kind === "done") {
      share = 1;
      say("done", words.done);
      const call = find("call") as HTMLAnchorElement;
      if (outcome.callId !== null) call.href = `/dashboard/calls/${outcome.callId}`;
      call.hidden = outcome.callId === null;
      announce(`${file.name}: ${words.done}`);
    } else if (outcome.kind === "refused") {
      if (outcome.why === "gone" || outcome.why === "notAudio") id = undefined;
      for (const field of fields) mark(field, outcome.fields);
      say("refused", words[outcome.why]);
      announce(`${file.name}: ${words[outcome.why]}`);
    } else if (outcome.kind === "signedOut") {
      say("stopped", words.signedOut);
      find("sign-in").hidden = false;
    } else say("stopped", words.paused);
  };

  const send = async (): Promise<void> => {
    stop = new AbortController();
    id ??= known();
    find("sign-in").hidden = true;
    for (const field of fields) mark(field, []);
    say("sending", words.sending);
    const outcome = await sendFile(requests, {
      file,
      fields: id === undefined ? given() : {},
      id,
      signal: stop.signal,
      onBegun: (begun) => {
        id = begun;
        if (isRemoved) {
          void requests.abort(begun);
          return;
        }
        memory.keep(file, options.campaignOf(), begun);
        say("sending", words.sending);
      },
      onProgress: (sent) => {
        share = sent / file.size;
        if (!stop.signal.aborted) say("sending", share === 1 ? words.finishing : words.sending);
      },
      onRetry: () => say("sending", words.retrying),
    });
    settle(outcome);
  };

  const remove = () => {
    if (state === "done") return;
    stop.abort();
    isRemoved = true;
    if (id !== undefined) void requests.abort(id);
    memory.forget(file, options.campaignOf());
    announce(`${file.name}: ${words.cancelled}`);
    element.remove();
    options.onRemove();
  };

  pause.addEventListener("click", () => {
    stop.abort();
    if (state === "queued") say("stopped", words.paused);
    resume.focus();
    options.onChange();
  });
  resume.addEventListener("click", () => {
    say("queued", words.waiting);
    pause.focus();
    options.onChange();
  });
  cancel.addEventListener("click", remove);

  find("name").textContent = file.name;
  find("size").textContent = sizeText(file.size, options.locale);
  bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")}: ${file.name}`);
  for (const button of [pause, resume, cancel]) button.setAttribute("aria-label", `${button.title}: ${file.name}`);
  const facts = factsOf(file.name);
  for (const field of fields) field.value = { ...facts, "": "" }[field.dataset.field as keyof typeof facts | ""] ?? "";
  if (!isWorthTrying()) say("refused", file.size === 0 ? words.empty : words.tooLarge);
  else say("ready", words.waiting);
  /** Whether this file was begun before, into the campaign that is chosen. */
  const lookUp = async (): Promise<void> => {
    if (state !== "ready") return;
    id = known();
    share = 0;
    say("ready", words.waiting);
    const asked = id;
    if (asked === undefined) return;
    const { body, status } = await requests.read(asked);
    if (state !== "ready" || id !== asked) return;
    // Gone, or somebody else's: it is begun anew.
    if (body?.state !== "open" && status !== 0) id = undefined;
    else if (body) share = body.received / file.size;
    say("ready", id === undefined ? words.waiting : words.resumes);
  };
  void lookUp();

  return {
    element,
    state: () => state,
    send,
    lookUp,
    queue: () => state === "ready" && say("queued", words.waiting),
    isOf: (other: File) =>
      state !== "done" &&
      other.name === file.name &&
      other.size === file.size &&
      other.lastModified === file.lastModified,
  };
}

function mark(field: HTMLInputElement | HTMLSelectElement, wrong: string[]): void {
  const names: Record<string, string[]> = { number: ["from", "to"] };
  const name = field.dataset.field ?? "";
  const isWrong = (names[name] ?? [name]).some((one) => wrong.includes(one));
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function sizeText(bytes: number, locale: string): string {
  const units = ["kB", "MB", "GB"];
  let [value, unit] = [bytes / 1024, 0];
  for (; value >= 1024 && unit < 2; unit += 1) value /= 1024;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)} ${units[unit]}`;
}
