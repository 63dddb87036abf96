import { describe, it } from "vitest";
import { cases } from "../../contracts/sources/freeswitch";
import {
  JSON_CDR_SETTINGS,
  postedByJsonCdr,
  switchUrlEncode,
  type JsonCdrSettings,
} from "../../contracts/sources/mod-json-cdr";
import { freeswitch } from "../../../src/platforms/freeswitch";
import type { FreeswitchSettings } from "../../../src/platforms/freeswitch/settings";

const [form] = cases;
if (!form) throw new Error("the cases are gone");
const good = form.good as { variables: Record<string, unknown>; [name: string]: unknown };
const plain: JsonCdrSettings = { encode: "false", encodeValues: false, fixed: true };

function read(
  body: Uint8Array<ArrayBuffer>,
  type = "application/x-www-form-urlencoded",
  settings?: FreeswitchSettings,
) {
  const config = { id: "src_1", organizationId: "org_1", settings: { ...form!.config.settings, ...settings } };
  return freeswitch.read(body, type, config);
}

async function posted(record: Record<string, unknown>, given: JsonCdrSettings, settings?: FreeswitchSettings) {
  const { body, type } = postedByJsonCdr(record, given);
  const result = await read(body, type, settings);
  if (!result.ok || result.value.kind !== "calls") throw new Error(JSON.stringify(result));
  return result.value.facts[0]!;
}

function withVariables(changes: Record<string, unknown>) {
  return { ...good, variables: { ...good.variables, ...changes } };
}

describe("what mod_json_cdr posts", () => {
  it.for(JSON_CDR_SETTINGS)("reads the same under every pair of settings: %j", async (given, { expect }) => {
    const facts = await posted(good, given);
    expect(facts).toEqual(await posted(good, plain));
    expect(facts).toMatchObject({ from: "+541155550100", operatorName: "Marta Gómez" });
  });

  it.for(JSON_CDR_SETTINGS)("keeps names with quotes, line breaks and backslashes: %j", async (given, { expect }) => {
    const name = 'Ana "La Jefa" DOMAIN\\bob, {"x":1},"y":"z"';
    const record = withVariables({
      call_direction: "outbound",
      caller_id_name: name,
      sip_to_uri: "300@pbx.example",
      rdnis: "a\r\nb",
    });
    const facts = await posted(record, given, { encoded_values: given.encodeValues });
    expect(facts).toMatchObject({ operatorName: name, to: "300", talkSeconds: 120, outcome: "completed" });
  });

  it.for(JSON_CDR_SETTINGS)("keeps a call whose name is not UTF-8: %j", async (given, { expect }) => {
    const name = Uint8Array.from("Carpenter\x92s Jos\xe9", (character) => character.charCodeAt(0));
    const record = withVariables({ call_direction: "outbound", caller_id_name: name });
    expect(await posted(record, given)).toMatchObject({ operatorName: "Carpenter’s José", from: "+541155550100" });
  });

  it("finds the parties in the call flow of a broken record", async ({ expect }) => {
    const profile = {
      username: "1",
      dialplan: "XML",
      caller_id_name: 'A "B"',
      caller_id_number: "+5411",
      destination_number: "300",
      chan_name: "sofia/x",
    };
    const nested = { originatee: { originatee_caller_profiles: [{ ...profile, caller_id_number: "999" }] } };
    const app = { app_name: "log", app_data: "INFO %22x%0D" };
    const record = {
      variables: { uuid: "u1", sip_full_from: '"A" <sip:a@b>', billsec: "0" },
      app_log: { applications: [app] },
      callflow: [{ caller_profile: { ...profile, ...nested } }],
    };
    for (const encodeValues of [true, false]) {
      const given = { encode: "true", encodeValues, fixed: false } as const;
      expect(await posted(record, given)).toMatchObject({
        externalId: "u1",
        from: "+5411",
        to: "300",
        outcome: "failed",
      });
    }
  });

  it("lets no caller's name take the place of what the switch wrote", async ({ expect }) => {
    const name = 'x","uuid":"another-call","hangup_cause":"FORGED';
    const record = withVariables({ caller_id_name: name });
    const facts = await posted(record, { encode: "true", encodeValues: true, fixed: false });
    expect(facts.externalId).toBe("b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30");
  });

  it("refuses a broken record that was cut short", async ({ expect }) => {
    const body = postedByJsonCdr(good, { encode: "true", encodeValues: true, fixed: false }).body;
    const text = new TextDecoder().decode(body);
    expect(await read(new Uint8Array(new TextEncoder().encode(text.slice(0, -40))))).toMatchObject({
      ok: false,
      error: { reason: "invalid_json" },
    });
  });
});

// Made with `switch_url_encode_opt` of FreeSWITCH 1.10, compiled.
describe("the stand-in of mod_json_cdr encodes as the switch does", () => {
  it.for<[text: string, once: string, again: string]>([
    ['Ana "La Jefa" Pérez', "Ana%20%22La%20Jefa%22%20P%C3%A9rez", "Ana%20%22La%20Jefa%22%20P%C3%A9rez"],
    ["100% sure", "100%25%20sure", "100%25%20sure"],
    ["%41%4g%%41", "%41%254g%25%41", "%2541%254g%25%2541"],
    ["日本", "%E6%97%A5%E6%9C", "%E6%97%A5%E6%9C"],
    ["+", "", ""],
    ["DOMAIN\\bob", "DOMAIN%5Cbob", "DOMAIN%5Cbob"],
    ["a%2Fb", "a%2Fb", "a%252Fb"],
    ["a%2fb%", "a%252fb%25", "a%252fb%25"],
    ["plain-text_1.0~*'()!$,/", "plain-text_1.0~*'()!$,/", "plain-text_1.0~*'()!$,/"],
  ])("%j", ([text, once, again], { expect }) => {
    expect(switchUrlEncode(text)).toBe(once);
    expect(switchUrlEncode(text, true)).toBe(again);
  });
});
