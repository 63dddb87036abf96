import type { Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { notJson } from "../refusals";
import { readEvent } from "./map";
import type { VonageSettings } from "./settings";

/** Reads an event of the event webhook. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<VonageSettings>,
): Promise<Result<Reading, Refusal>> {
  const event = readJsonObject(body);
  return event.ok ? readEvent(event.value, config.settings) : notJson(event.error);
}
