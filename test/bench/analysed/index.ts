import { bucketFile, embeddedEngine } from "../../../src/analysis";

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
    const object = await env.BUCKET.get(key);
    if (!object) return new Response("{}", { status: 404 });
    const outcome = await engine.analyse({ chunks: object.body, file: bucketFile(env.BUCKET, object) });
    if (!outcome.ok) return Response.json(outcome.error, { status: 500 });
    const { durationSeconds, channels } = outcome.value;
    return Response.json({ durationSeconds, talkSeconds: channels.map((channel) => channel.talkSeconds) });
  },
} satisfies ExportedHandler<Pick<Env, "BUCKET">>;
