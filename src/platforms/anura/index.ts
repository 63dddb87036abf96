import { err, ok, type Result } from "../../lib/result";
import type { KeyedPlatform, Reading, ReadingConfig, Refusal } from "../contract";
import { commonSettings } from "../settings";
import { hookOf, ignoreUnrecorded, refuseAbsent } from "./read-checks";
import { guide } from "./guide";
import { mapNotice } from "./map";
import { readPayload } from "./read";
import { readValues } from "./read-values";

/** Where Anura's exchanges are; its times carry no zone. */
const DEFAULT_TIME_ZONE = "America/Argentina/Buenos_Aires";
const HOOKS = ["END", "RECORDING"];

/**
 * Anura, a cloud PBX. It signs nothing: the API key the customer puts in a header is all the proof there is. It promises
 * neither retries nor a recording that is ready at END.
 */
export const anura: KeyedPlatform = {
  kind: "anura",
  title: "Anura",
  authentication: "api_key",
  sharedPath: true,
  namesCampaign: true,
  bodyCap: 1_048_576,
  settings: commonSettings,
  read,
  guide,
};

// The order is part of the contract: whoever mends a template sees one cause at a time, and a hook nobody asked for is
// never an error.
async function read(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const payload = await readPayload(body, contentType);
  if (!payload.ok) return payload;
  const fields = payload.value;
  const hook = hookOf(fields);
  if (!hook.ok) return hook;
  if (!HOOKS.includes(hook.value)) {
    return ok({
      kind: "ignored",
      reason: "hook_ignored",
      message: "The event is ignored: only END and RECORDING are processed.",
    });
  }
  const absent = refuseAbsent(fields);
  if (absent) return err(absent);
  const unrecorded = ignoreUnrecorded(fields);
  if (unrecorded) return ok(unrecorded);
  const values = readValues(fields, config.settings.time_zone ?? DEFAULT_TIME_ZONE);
  if (!values.ok) return values;
  return ok({ kind: "calls", facts: [await mapNotice(fields, values.value, config)] });
}
