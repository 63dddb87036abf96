import { expect, it } from "vitest";
import { factsOf } from "../../../src/ui/browser/file-facts";

it.each([
  [
    "20260210-103045 inbound +5491167950079.wav",
    { number: "+5491167950079", direction: "inbound", started_at: "2026-02-10T10:30:45" },
  ],
  [
    "external-101-541155550100-20260210-103045-1770719445.12.wav",
    { number: "541155550100", direction: "", started_at: "2026-02-10T10:30:45" },
  ],
  [
    "2026-02-10_10.30.45_saliente_1126888209.mp3",
    { number: "1126888209", direction: "outbound", started_at: "2026-02-10T10:30:45" },
  ],
  ["20260210103045.opus", { number: "", direction: "", started_at: "2026-02-10T10:30:45" }],
  ["2026-02-10 2359 entrante.wav", { number: "", direction: "inbound", started_at: "2026-02-10T23:59:00" }],
  // No time: a day alone, an hour there is not, digits in a longer number.
  ["20260210 Ana.wav", { number: "", direction: "", started_at: "" }],
  ["20260210-256045.wav", { number: "", direction: "", started_at: "" }],
  ["920260210103045123.wav", { number: "", direction: "", started_at: "" }],
  ["Outlook interview.wav", { number: "", direction: "", started_at: "" }],
])("reads %s", (name, facts) => {
  expect(factsOf(name)).toMatchObject(facts);
});

it("takes the name for the reference where it tells calls apart", () => {
  expect(factsOf("call-4711-889900.wav").external_id).toBe("call-4711-889900");
  expect(factsOf("20260210-103045 inbound.wav").external_id).toBe("20260210-103045 inbound");
  for (const name of ["Recording (2).wav", "audio.mp3", "call-4711.wav"]) expect(factsOf(name).external_id).toBe("");
  expect(factsOf(`${"9".repeat(300)}.wav`).external_id).toHaveLength(200);
});
