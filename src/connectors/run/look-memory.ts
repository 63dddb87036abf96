import type { ConnectorRow } from "../config/connector";
import { rulesOf } from "../rules/rules-of";
import { sidecarOf } from "../sidecar/rule";
import type { FoundFile } from "../contract";
import { awaitedName, type AwaitedRow } from "./awaited";
import type { KnownCampaigns } from "./campaign-of";

/** What is remembered of sidecars that were moved away, in UTF-16 units; the oldest go first. */
const MOST_SAID = 2_000_000;

type Said = { fields: ReadonlyMap<string, string>; size: number };

/** What one look remembers from page to page. Recordings may share a sidecar: `call.wav` and `call.mp3` both have `call.json`. */
export type LookMemory = {
  /** Campaigns that were looked up, by what files call them. */
  campaigns: KnownCampaigns;
  /** Recordings that lie there and have still to come in, by their sidecar. */
  needed: Map<string, Set<string>>;
  /** What sidecars said that may be moved away by now. */
  said: Map<string, Said>;
  saidSize: number;
  /** Sidecars that stayed for another recording, by the name they are known by, as the list has them now. */
  staying: Map<string, { file: FoundFile; row: AwaitedRow }>;
};

export function newLookMemory(): LookMemory {
  return { campaigns: new Map(), needed: new Map(), said: new Map(), saidSize: 0, staying: new Map() };
}

/** The name by which the sidecar of a recording is known here; undefined where there is none, or nothing is moved. */
function movedNameOf(connector: ConnectorRow, recording: string): string | undefined {
  const { sidecar, processedPath } = rulesOf(connector);
  if (sidecar === null || processedPath === null) return undefined;
  return awaitedName(connector, sidecarOf(sidecar, recording));
}

/** Notes that a recording has still to come in: its sidecar stays until then. */
export function needSidecar({ needed }: LookMemory, connector: ConnectorRow, recording: string): void {
  const name = movedNameOf(connector, recording);
  if (name !== undefined) needed.set(name, (needed.get(name) ?? new Set()).add(recording));
}

/** Notes that a recording needs its sidecar no more. Gives whether another one does. */
export function letGoOfSidecar({ needed }: LookMemory, connector: ConnectorRow, recording: string): boolean {
  const name = movedNameOf(connector, recording);
  const others = name === undefined ? undefined : needed.get(name);
  others?.delete(recording);
  return others !== undefined && others.size > 0;
}

/** Whether another recording than this one has still to come in with its sidecar. */
export function isShared({ needed }: LookMemory, connector: ConnectorRow, recording: string): boolean {
  const name = movedNameOf(connector, recording);
  return [...((name !== undefined && needed.get(name)) || [])].some((other) => other !== recording);
}

/** Whether a recording that lies there has still to come in with this sidecar. */
export function isNeeded({ needed }: LookMemory, connector: ConnectorRow, sidecar: string): boolean {
  return (needed.get(awaitedName(connector, sidecar))?.size ?? 0) > 0;
}

/** Keeps what a recording's sidecar said for another one that shares it, on a later page of the list. */
export function keepSaid(
  memory: LookMemory,
  connector: ConnectorRow,
  recording: string,
  fields: ReadonlyMap<string, string>,
): void {
  const name = movedNameOf(connector, recording);
  if (name !== undefined) keepSaidBy(memory, name, fields);
}

/** The same, by the name that the sidecar is known by. */
export function keepSaidBy(memory: LookMemory, name: string, fields: ReadonlyMap<string, string>): void {
  if (memory.said.has(name)) return;
  const size = [...fields].reduce((sum, [field, value]) => sum + field.length + value.length, name.length);
  memory.said.set(name, { fields, size });
  memory.saidSize += size;
  for (const [oldest, said] of memory.said) {
    if (memory.saidSize <= MOST_SAID) return;
    memory.said.delete(oldest);
    memory.saidSize -= said.size;
  }
}

/** What the sidecar of a recording said before it was moved away in this look; undefined where it was not. */
export function saidOf({ said }: LookMemory, connector: ConnectorRow, recording: string) {
  const name = movedNameOf(connector, recording);
  return name === undefined ? undefined : said.get(name)?.fields;
}
