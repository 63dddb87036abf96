import { z } from "@hono/zod-openapi";
import { unpackTalkStrip } from "../../analysis";

const shares = z
  .string()
  .regex(/^[0-9a-f]{1,132}$/)
  .nullable();

/** The shape of the conversation, in the API's spelling. */
export const talkStrip = z
  .object({
    operator: shares.describe(
      "The operator's share of each part of the recording; null where parties share a channel.",
    ),
    customer: shares.describe("The customer's, likewise."),
    anyone: shares.describe("Where one channel carries every party: the share in which anybody speaks; else null."),
  })
  .nullable()
  .describe(
    "Who speaks when, in up to 132 equal parts of the recording. Each part is one hexadecimal digit: how many " +
      "fifteenths of it are speech. Null until a recording is analysed.",
  )
  .openapi("TalkStrip");

export const exampleTalkStrip: z.infer<typeof talkStrip> = {
  operator: "0cff8000027ff300",
  customer: "00003ffff9000dfa",
  anyone: null,
};

export function viewTalkStrip(packed: string | null): z.infer<typeof talkStrip> {
  const strip = unpackTalkStrip(packed);
  if (strip === null) return null;
  return strip.parties === "together"
    ? { operator: null, customer: null, anyone: digits(strip.anyone) }
    : { operator: digits(strip.operator), customer: digits(strip.customer), anyone: null };
}

function digits(parts: readonly number[]): string {
  return parts.map((share) => share.toString(16)).join("");
}
