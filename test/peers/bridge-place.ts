import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const BRIDGE = join(import.meta.dirname, "..", "..", "tools", "bridge");
export const HOUR = 3_600_000;

export type Row = Record<string, unknown>;
export type Asked = { from: string; to: string };
export type Bridge = {
  runOnce(
    settings: object,
    deps: object,
  ): Promise<{ uploaded: number; waiting: number; refused: number; given_up: number }>;
  checkSettings(given: object, environment: object): Record<string, unknown>;
  readRows(settings: object, span: Asked): Promise<Row[]>;
};

/** These modules of the bridge, which are JavaScript without types, as one. */
export async function loadBridge(...names: readonly string[]): Promise<Bridge> {
  const modules = await Promise.all(names.map((name) => import(join(BRIDGE, name)) as Promise<Partial<Bridge>>));
  return Object.assign({}, ...modules) as Bridge;
}

/** Settings that both ways of the bridge need, in a folder. */
export function commonSettings(at: string, url: string) {
  return {
    trunkline: url,
    campaign: "7",
    campaigns: { "12": "8" },
    recordings: join(at, "recordings"),
    state: join(at, "state.json"),
  };
}

/** A recording at this place in the folder, last written so many milliseconds ago. */
export function putRecording(at: string, file: string, content: string, ago: number): void {
  const path = join(at, "recordings", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const written = (Date.now() - ago) / 1_000;
  utimesSync(path, written, written);
}
