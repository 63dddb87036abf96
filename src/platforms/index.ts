/** Phone and voice platforms: what proves, reads, maps, guides and asks each of them. Nothing here knows a database. */
import type { InboundForm } from "../db/schema";
import { aircall } from "./aircall";
import { anura } from "./anura";
import { asterisk } from "./asterisk";
import { audian } from "./audian";
import { authentivoice } from "./authentivoice";
import type { Platform, Reader } from "./contract";
import { dialpad } from "./dialpad";
import { external } from "./external";
import { freeswitch } from "./freeswitch";
import { hmac } from "./hmac";
import { internal } from "./internal";
import { readUpload } from "./internal/read";
import { net2phone } from "./net2phone";
import { ringcentral } from "./ringcentral";
import { standard } from "./standard";
import { telnyx } from "./telnyx";
import { twilio } from "./twilio";
import { voicesense } from "./voicesense";
import { vonage } from "./vonage";
import { voqo } from "./voqo";
import { zoom } from "./zoom";

/** Every platform that can push to us, by the kind its path and its source rows name. */
export const PLATFORMS = {
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
} as const satisfies Record<string, Platform>;

export type PlatformKind = keyof typeof PLATFORMS;

export function isPlatformKind(kind: string): kind is PlatformKind {
  return Object.hasOwn(PLATFORMS, kind);
}

/** The platform of a source's kind; undefined for an unknown kind. */
export function platformOf(kind: string): Platform | undefined {
  return isPlatformKind(kind) ? PLATFORMS[kind] : undefined;
}

/** What reads a body of this form from this platform; undefined where it knows no such form. */
export function readerOf(platform: Platform, form: InboundForm): Reader | undefined {
  switch (form) {
    case "notice":
    case "sample":
      return (body, contentType, config) => platform.read(body, contentType, config);
    case "listed":
      return platform.pull?.readListed;
    case "upload":
      return readUpload;
  }
}

export type * from "./contract";
export { idInSample, isExampleId, newUnique, sampleIdOf, type ExampleContext } from "./example";
export type * from "./guide";
export { internal, uploadPathOf } from "./internal";
export { readUpload, type UploadNotice } from "./internal/read";
export { UPLOAD_ID, uploadIdOf, uploadUrl } from "./internal/read";
export { DEFAULT_MAPPING, mappingSchema, tryMapping, type Mapping, type TryOut } from "./mapping";
export { toText } from "./reading/coerce";
export { isTimeZone, readClockTime } from "./reading/clock-time";
export { keepCustom } from "./reading/custom";
export { directionOf } from "./reading/direction";
export { readMoment, readSeconds } from "./reading/fields";
export { commonSettings, isRecordingHost, type CommonSettings } from "./settings";
export * from "./try-notice";
export { inflatedBodyOf, plainBodyOf } from "./plain-body";
