import { aircall } from "./aircall";
import { anura } from "./anura";
import { asterisk } from "./asterisk";
import { audian } from "./audian";
import { authentivoice } from "./authentivoice";
import { dialpad } from "./dialpad";
import { external } from "./external";
import { freeswitch } from "./freeswitch";
import { hmac } from "./hmac";
import { net2phone } from "./net2phone";
import { ringcentral } from "./ringcentral";
import { standard } from "./standard";
import { telnyx } from "./telnyx";
import { twilio } from "./twilio";
import { voicesense } from "./voicesense";
import { vonage } from "./vonage";
import { voqo } from "./voqo";
import { zoom } from "./zoom";
import { defaultSourceOf } from "./config";
import { internal, readUpload, uploadPathOf } from "./uploads";
import type { InboundForm } from "../db/schema";
import type { Reader, Source } from "./contract";

/** Every platform that can push to us, by the kind its path and its source rows name. */
export const SOURCES = {
  aircall,
  anura,
  asterisk,
  audian,
  authentivoice,
  dialpad,
  external,
  freeswitch,
  hmac,
  internal,
  net2phone,
  ringcentral,
  standard,
  telnyx,
  twilio,
  voicesense,
  vonage,
  voqo,
  zoom,
} as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof SOURCES;

export function isSourceKind(kind: string): kind is SourceKind {
  return Object.hasOwn(SOURCES, kind);
}

/**
 * The path a source's platform posts its notices to: one for each source, but for the one that an organization has on a
 * path all organizations share. Of a source without a webhook, the path its calls are uploaded to.
 */
export async function webhookPathOf(source: { kind: string; id: string; organizationId: string }): Promise<string> {
  const isDefault = source.id === (await defaultSourceOf(source.kind, source.organizationId));
  if (source.kind === internal.kind) return uploadPathOf(isDefault ? null : source.id);
  return isDefault ? `/webhook/${source.kind}/` : `/webhook/${source.kind}/${source.id}`;
}

export function sourceOf(kind: string): Source | undefined {
  return isSourceKind(kind) ? SOURCES[kind] : undefined;
}

/** What reads a body of this form from this platform; undefined where it knows no such form. */
export function readerOf(source: Source, form: InboundForm): Reader | undefined {
  switch (form) {
    case "notice":
      return (body, contentType, config) => source.read(body, contentType, config);
    case "listed":
      return source.pull?.readListed;
    case "upload":
      return readUpload;
  }
}

export * from "./config";
export type * from "./contract";
export * from "./health";
export * from "./inbound";
export { DEFAULT_MAPPING, mappingSchema, tryMapping, type Mapping, type TryOut } from "./mapping";
export * from "./try-notice";
export * from "./look-up";
export * from "./reconcile";
export type * from "./guide";
export * from "./uploads";
export { commonSettings, isRecordingHost, type CommonSettings } from "./settings";
