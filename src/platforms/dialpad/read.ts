import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { decodeJwt } from "../proof/jwt";
import { firstText } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";
import { readUtf8 } from "../reading/text";
import { ignored, missingFields, unreadable } from "../refusals";
import { callIdOf, isKnownState, mapEvent } from "./map";
import type { DialpadSettings } from "./settings";

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Reads an event: the claims of the token that the body is. `verify` has checked it; replays read the same bytes. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<DialpadSettings>,
): Promise<Result<Reading, Refusal>> {
  const text = readUtf8(body) ?? "";
  const event = TOKEN.test(text) ? fieldsOf(decodeJwt(text)) : undefined;
  if (!event) return unreadable("not_a_token", "The body is no token with a JSON object in it.");
  const state = firstText(event, ["state"]);
  // One webhook may be given to the subscriptions of texts, contacts and agents too, whose events have neither.
  if (state === null && callIdOf(event) === null) {
    return ignored("event_ignored", "Only call events are processed.");
  }
  const missing = [...(callIdOf(event) === null ? ["call_id"] : []), ...(state === null ? ["state"] : [])];
  if (state === null || missing.length > 0) return missingFields(missing);
  if (!isKnownState(state)) {
    return ignored("state_ignored", "This state says nothing about the call itself.");
  }
  return ok({ kind: "calls", facts: [mapEvent(state, event, config.settings)] });
}
