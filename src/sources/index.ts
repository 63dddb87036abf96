import { anura } from "./anura";
import { audian } from "./audian";
import type { Source } from "./contract";

/** Every platform that can push to us, by the kind its path and its source rows name. */
export const SOURCES = { anura, audian } as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof SOURCES;

export function isSourceKind(kind: string): kind is SourceKind {
  return Object.hasOwn(SOURCES, kind);
}

export function sourceOf(kind: string): Source | undefined {
  return isSourceKind(kind) ? SOURCES[kind] : undefined;
}

export * from "./config";
export type * from "./contract";
export * from "./inbound";
