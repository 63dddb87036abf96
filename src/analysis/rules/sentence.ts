import type { Evidence } from "./judge";

/** Evidence as a sentence of the API, in English. Pages have their own (ui/strings/rules.ts). */
export function sentenceOf(one: Evidence): string {
  switch (one.kind) {
    case "phrase":
      return `${one.speaker ?? "somebody"} said “${one.quote || one.phrase}”${one.at === null ? "" : ` at ${clock(one.at)}`}`;
    case "unsaid":
      return `${one.speaker ?? "nobody"} ${one.speaker === null ? "said" : "did not say"} “${one.phrases[0] ?? ""}”${
        one.first_seconds === null ? "" : ` within the first ${one.first_seconds} seconds`
      }`;
    case "number":
      return `the ${one.party} is ${one.number}`;
    case "measure":
      return `${one.name} of the ${one.speaker ?? "call"} is ${one.value}`;
    case "repeat":
      return `${one.calls} calls of the ${one.party} within ${one.within_minutes} minutes`;
    case "score":
      return `${one.engine} gives ${one.name} ${one.value}${one.speaker === null ? "" : ` to the ${one.speaker}`}`;
  }
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
