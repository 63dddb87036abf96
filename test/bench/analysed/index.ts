import { bucketFile, embeddedEngine } from "../../../src/analysis";
import { writeRendition } from "../../../src/analysis/redaction/rendition";
import { verifyRendition } from "../../../src/analysis/redaction/verify";
import { chunksOf } from "../../../src/lib/byte-reader";
import { openObject } from "../../../src/lib/large-object";

// The configuration is the one that is deployed, and it asks for these classes.
export { EventStream } from "../../../src/delivery/stream/object";
export { SourceLane } from "../../../src/jobs";
export { EndpointObject } from "../../../src/delivery/object/object";

const engine = embeddedEngine();

/**
 * Runs the real engine over a recording in R2, fed the way the job feeds it. PUT keeps a recording, GET analyses it, and
 * with `?mute` writes a muted copy of it and checks that, as redaction does.
 */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const key = pathname.slice(1);
    if (request.method === "PUT") {
      await env.BUCKET.put(key, request.body);
      return new Response("{}");
    }
    const head = await env.BUCKET.head(key);
    const opened = head && (await openObject(env.BUCKET, key, head.size));
    if (!opened) return new Response("{}", { status: 404 });
    const file = bucketFile(env.BUCKET, opened.object);
    if (searchParams.has("mute")) return mute(env.BUCKET, { chunks: chunksOf(opened.bytes), file });
    const outcome = await engine.analyse({ chunks: chunksOf(opened.bytes), file });
    if (!outcome.ok) return Response.json(outcome.error, { status: 500 });
    const { durationSeconds, channels } = outcome.value;
    return Response.json({ durationSeconds, talkSeconds: channels.map((channel) => channel.talkSeconds) });
  },
} satisfies ExportedHandler<Pick<Env, "BUCKET">>;

/** In milliseconds: a word in the first minute. Of the cost it changes nothing. */
const MUTED: [number, number][] = [[10_000, 11_000]];

async function mute(bucket: R2Bucket, input: Parameters<typeof writeRendition>[2]): Promise<Response> {
  const written = await writeRendition(bucket, "muted.wav", input, MUTED);
  if (!written.ok) return Response.json(written.error, { status: 500 });
  const verified = await verifyRendition(bucket, "muted.wav", written.value, MUTED);
  if (typeof verified === "string") return Response.json({ verified }, { status: 500 });
  return Response.json({ durationSeconds: written.value.frames / written.value.sampleRate, talkSeconds: [] });
}
