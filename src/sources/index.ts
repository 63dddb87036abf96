import { anura } from "./anura";
import { audian } from "./audian";
import type { Source } from "./contract";

/** Every platform that can push to us, by the kind its path and its source rows name. */
export const SOURCES = { anura, audian } as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof SOURCES;

export function isSourceKind(kind: string): kind is SourceKind {
  return Object.hasOwn(SOURCES, kind);
}

/** The path a platform posts its notices to: shared where it sends an API key, one for each source where it signs. */
export function webhookPathOf(source: { kind: string; id: string }): string {
  return sourceOf(source.kind)?.authentication === "api_key"
    ? `/webhook/${source.kind}/`
    : `/webhook/${source.kind}/${source.id}`;
}

export function sourceOf(kind: string): Source | undefined {
  return isSourceKind(kind) ? SOURCES[kind] : undefined;
}

export * from "./config";
export type * from "./contract";
export * from "./inbound";
