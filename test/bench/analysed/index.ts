import { bucketFile, embeddedEngine } from "../../../src/analysis";
import { chunksOf } from "../../../src/lib/byte-reader";
import { openObject } from "../../../src/lib/large-object";

// The configuration is the one that is deployed, and it asks for these classes.
export { EventStream } from "../../../src/delivery/stream/object";
export { SourceLane } from "../../../src/jobs";
export { EndpointObject } from "../../../src/delivery/object/object";

const engine = embeddedEngine();

/**
 * Runs the real engine over a recording in R2, fed the way the job feeds it. PUT keeps a recording, GET analyses it.
 */
export default {
  async fetch(request, env) {
    const key = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      await env.BUCKET.put(key, request.body);
      return new Response("{}");
    }
    const head = await env.BUCKET.head(key);
    const opened = head && (await openObject(env.BUCKET, key, head.size));
    if (!opened) return new Response("{}", { status: 404 });
    const file = bucketFile(env.BUCKET, opened.object);
    const outcome = await engine.analyse({ chunks: chunksOf(opened.bytes), file });
    if (!outcome.ok) return Response.json(outcome.error, { status: 500 });
    const { durationSeconds, channels } = outcome.value;
    return Response.json({ durationSeconds, talkSeconds: channels.map((channel) => channel.talkSeconds) });
  },
} satisfies ExportedHandler<Pick<Env, "BUCKET">>;
