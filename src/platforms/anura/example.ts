import { CALLER, exampleId, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";
import { toIso } from "../../lib/time";

/** No campaign has it: without one the call waits for a person to choose. */
const NO_CAMPAIGN = 0;

/**
 * The END event of an answered call, as the guide's template is filled in, but for `cdrid`. Its recording is not there
 * yet, as is usual at END: `wasrecorded` must be true, and the link may be empty.
 */
export function example({ now, unique, campaign }: ExampleContext): string {
  return written({
    cdrid: exampleId(unique),
    dialtime: toIso(momentsOf(now).startedAt),
    direction: "inbound",
    calling: CALLER,
    called: LINE,
    status: "answered",
    duration: String(LENGTH),
    billseconds: String(TALK),
    wasrecorded: "true",
    audio_file_mp3: "",
    accountname: OPERATOR,
    accountextension: "300",
    queueagentname: OPERATOR,
    answerterminal: OPERATOR,
    campaign_id: campaign?.number ?? NO_CAMPAIGN,
  });
}
