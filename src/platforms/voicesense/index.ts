import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { secretOfPlatform } from "../proof/secret-rules";
import { guide } from "./guide";
import { callKeyOf, mapScores } from "./map";
import { fieldNames, voicesenseSettings, type VoicesenseSettings } from "./settings";
import { precheck, verify } from "./verify";

/** Voicesense, which scores voices: one notice when an audio file has been analysed, whose body its user may rewrite. */
export const voicesense: SignedPlatform<VoicesenseSettings> = {
  kind: "voicesense",
  title: "Voicesense",
  authentication: "signature",
  secret: secretOfPlatform("signing secret"),
  bodyCap: 262_144,
  // Its users choose one of the two (seed, step 4).
  methods: ["POST", "PUT"],
  settings: voicesenseSettings,
  precheck,
  verify,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<VoicesenseSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const names = fieldNames(settings);
  const externalId = callKeyOf(json.value, names);
  if (externalId === null) return missingFields([names.reference, names.stream]);
  return ok({ kind: "calls", facts: [mapScores(json.value, names, externalId)] });
}
