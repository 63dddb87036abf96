import { describe, expect, it } from "vitest";
import { MICROS_PER_MINUTE } from "../../../src/analysis";
import { prices } from "../../../src/usage/prices";

const pages = import.meta.glob<string>(
  ["../../../docs/use/transcribe-calls.md", "../../../docs/understand/performance.md"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

const pageOf = (name: string) => Object.entries(pages).find(([path]) => path.endsWith(name))![1];

/** The dollars that a row of the page of prices begins with, by the start of its first cell. */
function dollarsIn(engine: string): number {
  const row = pageOf("transcribe-calls.md")
    .split("\n")
    .find((line) => line.startsWith(`| ${engine}`));
  const cell = row?.split("|")[2]?.trim() ?? "";
  return Number.parseFloat(cell.replaceAll(",", ""));
}

describe("what a million minutes cost, as the page says it", () => {
  const ROWS = {
    workersAi: "`workers-ai`,",
    deepgram: "Deepgram Nova-3",
    openai: "OpenAI whisper-1",
    llm: "`llm`",
    workersAiModel: "`workers-ai-model`",
    http: "`http`",
  } as const satisfies Record<keyof typeof MICROS_PER_MINUTE, string>;

  it.each(Object.entries(ROWS))("has the price of %s", (kind, row) => {
    // Millionths of a dollar for one minute are dollars for a million.
    expect(dollarsIn(row)).toBe(MICROS_PER_MINUTE[kind as keyof typeof MICROS_PER_MINUTE]);
  });

  it("has what the built-in engine takes of the processor, as the benchmark measured it last", () => {
    const measured = /\| CPU ms per minute of audio \| ([\d.]+) \|/.exec(pageOf("performance.md"));
    const dollars = Number(measured?.[1]) * 1_000_000 * (prices.cpuMs.dollars / prices.cpuMs.per);
    expect(dollars).toBeGreaterThan(0);
    expect(dollarsIn("the built-in engine")).toBe(Math.round(dollars * 10) / 10);
  });
});
