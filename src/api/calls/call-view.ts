import type { z } from "@hono/zod-openapi";
import { snapshotCall, type CallHead } from "../../calls";
import { callSnapshot } from "../../events";
import { talkStrip, viewTalkStrip } from "./talk-strip";
import { verdict } from "./verdict";

/** A call as the API shows it: what events have of it, with the shape of the conversation. */
export const callView = callSnapshot.extend({ talk_strip: talkStrip });

export function viewCall(row: CallHead): z.infer<typeof callView> {
  return { ...snapshotCall(row), talk_strip: viewTalkStrip(row.talkStrip) };
}

/** A call of the list: with what its reviews came to. */
export const listedCall = callView.extend({ verdict });
