import { createRoute, z } from "@hono/zod-openapi";
import { readWaveform, waveformFileOf, waveformJsonOf } from "../../analysis";
import { callIdOfRecording } from "../../calls";
import { notFound } from "../../errors";
import { isNamedBy } from "../../lib/http/entity-tag";
import { findRecording } from "../../recordings";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam } from "../shapes";

const waveform = z
  .object({
    version: z.literal(2),
    channels: z.number().int().describe("Channels of the recording, in its order."),
    sample_rate: z.number().int().describe("Hz, of the recording."),
    samples_per_pixel: z.number().int().describe("Samples of a channel that one pair stands for: 1/20 second."),
    bits: z.literal(8),
    length: z.number().int().describe("Pairs of each channel."),
    data: z.array(z.number().int()).describe("For each pixel, for each channel: the lowest, then the highest sample."),
  })
  .openapi("Waveform", {
    example: {
      version: 2,
      channels: 2,
      sample_rate: 8000,
      samples_per_pixel: 400,
      bits: 8,
      length: 3,
      data: [-65, 63, -2, 1, -40, 41, -1, 1, -55, 43, -30, 27],
    },
  });

/** Short, as for the audio: an erased recording must not be drawn from a cache. */
const CACHED = "private, max-age=300";

const read = createRoute({
  tags: ["Recordings"],
  security: SECURED,
  method: "get",
  path: "/{id}/waveform",
  summary: "Read the waveform of a recording",
  description:
    "The lowest and the highest sample of each twentieth of a second, channel by channel, in the format of BBC's audiowaveform, version 2: as JSON, or with `format=dat` as the binary file. 404 for a recording whose audio could not be decoded, and for an older one whose turn has not come.",
  request: {
    params: idParam,
    query: z.strictObject({ format: z.enum(["json", "dat"]).default("json") }),
  },
  responses: {
    200: {
      description: "The waveform",
      content: {
        "application/json": { schema: waveform },
        "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) },
      },
    },
    304: { description: "The client already has this waveform" },
    ...failures(401, 403, 404, 422),
  },
});

/** `/v1/recordings/{id}/waveform` */
export function waveformRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { db, bucket } = c.var.deps;
    const recordingId = c.req.valid("param").id;
    const { format } = c.req.valid("query");
    const recording = await findRecording(db, {
      ...withinOf(c),
      callId: callIdOfRecording(recordingId),
      recordingId,
    });
    if (!recording || recording.key === null) return problem(c, notFound("recording"));
    // The audio decides the waveform.
    const headers = { etag: `"${recording.sha256 ?? recording.key}-${format}"`, "cache-control": CACHED };
    if (isNamedBy(c.req.header("if-none-match"), headers.etag)) return new Response(null, { status: 304, headers });
    const peaks = await readWaveform(bucket, recording.key);
    if (!peaks) return problem(c, notFound("waveform"));
    return format === "dat"
      ? new Response(waveformFileOf(peaks), { headers: { ...headers, "content-type": "application/octet-stream" } })
      : new Response(waveformJsonOf(peaks), { headers: { ...headers, "content-type": "application/json" } });
  });
}
