import { z } from "zod";
import { MAX_TAG_LENGTH, MAX_TAGS, normalizeTag, type CallFacts } from "../../calls";
import { fieldErrorsOf } from "../../lib/field-issues";
import { type Result, err, ok } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { keepCustom } from "../reading/custom";
import { readMoment } from "../reading/fields";
import { readJsonObject } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { notJson } from "../refusals";

/** The id of an upload. */
export const UPLOAD_ID = /^upl_[0-9a-z]{26}$/;

const SCHEME = "upload:";

/** The address by which a recording names the upload it comes from. */
export function uploadUrl(id: string): string {
  return `${SCHEME}${id}`;
}

/** The id in such an address; undefined for any other. */
export function uploadIdOf(url: string): string | undefined {
  const id = url.startsWith(SCHEME) ? url.slice(SCHEME.length) : "";
  return UPLOAD_ID.test(id) ? id : undefined;
}

const DEFAULT_TIME_ZONE = "UTC";
const text = z.string().max(2_000).nullish();
const recordingId = z.string().min(1).max(200);

/**
 * The notice of an upload once its files are here, or of a recording at an address: the fields of the call, and where
 * each recording is.
 */
const uploadNotice = z.object({
  external_id: z.string().min(1).max(200),
  campaign_number: z.number().int().nullish(),
  direction: z.enum(["inbound", "outbound", "internal"]).nullish(),
  from: text,
  to: text,
  started_at: text,
  duration_seconds: z.number().nonnegative().nullish(),
  operator: text,
  operator_reference: text,
  account: text,
  status: text,
  outcome: z.enum(["completed", "failed"]),
  custom: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string().max(MAX_TAG_LENGTH)).max(MAX_TAGS).nullish(),
  corrects: z.boolean().nullish(),
  recordings: z
    .array(
      z.union([
        z.object({ external_id: recordingId, upload_id: z.string().regex(UPLOAD_ID) }),
        z.object({ external_id: recordingId, url: z.string().max(8_192) }),
      ]),
    )
    .max(20),
});

export type UploadNotice = z.infer<typeof uploadNotice>;

/** Reads the notice an upload makes of itself. The edge wrote it, and a replay reads it again. */
export async function readUpload(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: Pick<ReadingConfig, "settings">,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body);
  if (!json.ok) return notJson(json.error);
  const parsed = uploadNotice.safeParse(Object.fromEntries(json.value));
  if (!parsed.success) {
    const errors = fieldErrorsOf(parsed.error);
    return err({ status: 422, reason: "unreadable_values", message: "The notice of an upload is not one.", errors });
  }
  return ok({ kind: "calls", facts: [factsOf(parsed.data, settings)] });
}

function factsOf(notice: UploadNotice, settings: ReadingConfig["settings"]): CallFacts {
  const from = notice.from ?? null;
  const to = notice.to ?? null;
  const startedAt = readMoment(notice.started_at, settings.time_zone ?? DEFAULT_TIME_ZONE);
  const durationSeconds = notice.duration_seconds ?? null;
  return {
    externalId: notice.external_id,
    campaignNumber: notice.campaign_number ?? null,
    outcome: notice.outcome,
    direction: notice.direction ?? null,
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt,
    startedAtRaw: notice.started_at ?? null,
    endedAt: startedAt === null || durationSeconds === null ? null : startedAt + Math.round(durationSeconds * SECOND),
    durationSeconds,
    providerStatus: notice.status ?? null,
    operatorName: notice.operator ?? null,
    operatorReference: notice.operator_reference ?? null,
    account: notice.account ?? null,
    custom: keepCustom(Object.entries(notice.custom ?? {})),
    tags: (notice.tags ?? []).flatMap((tag) => normalizeTag(tag) ?? []),
    corrects: notice.corrects === true,
    recordings: notice.recordings.map((one) => ({
      externalId: one.external_id,
      url: "url" in one ? one.url : uploadUrl(one.upload_id),
    })),
  };
}
