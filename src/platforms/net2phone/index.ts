import type { SignedPlatform } from "../contract";
import { mintSecret, secretOfPlatform } from "../proof/secret-rules";
import { recordingAccess } from "./access";
import { example } from "./example";
import { guide } from "./guide";
import { readListed } from "./map-listed";
import { list } from "./pull";
import { read } from "./read";
import { credentials, settings, type Net2phoneSettings } from "./settings";
import { precheck, verify } from "./verify";

/** net2phone's UCaaS webhooks: signed events of a call, merged by `call_id`; recordings by an exchange of links. */
export const net2phone: SignedPlatform<Net2phoneSettings> = {
  kind: "net2phone",
  title: "net2phone",
  authentication: "signature",
  // The platform makes it once it has the source's address: one of ours holds its place until then.
  secret: { ...secretOfPlatform("webhook secret", 8), origin: "either", mint: mintSecret },
  bodyCap: 262_144,
  settings,
  credentials,
  precheck,
  verify,
  read,
  eventAt: "$.event",
  recordingAccess,
  pull: { needs: "list_call_id_field", list, readListed },
  guide,
  example,
};
