import { toIso } from "../../lib/time";
import { CALLER, digitsOf, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";
import type { AsteriskSettings } from "./settings";

/** The record of an answered call, without a recording's file. Ids are the second of the first channel, and a count. */
export function example({ now, unique }: ExampleContext<AsteriskSettings>): string {
  const { startedAt } = momentsOf(now);
  const id = `${startedAt / 1_000}.${digitsOf(unique, 20)}`;
  return written({
    calldate: toIso(startedAt),
    clid: `"Sample caller" <${CALLER}>`,
    src: CALLER,
    dst: "101",
    disposition: "ANSWERED",
    duration: LENGTH,
    billsec: TALK,
    uniqueid: id,
    linkedid: id,
    did: LINE,
    recordingfile: "",
    dst_cnam: OPERATOR,
    channel: "PJSIP/sample",
  });
}
