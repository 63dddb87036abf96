import { createRoute, z } from "@hono/zod-openapi";
import { changeTags, MAX_TAG_LENGTH, MAX_TAGS, normalizeTag } from "../../calls";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

/** A tag as it is sent: any spelling of it. */
export const tagName = z
  .string()
  .max(200)
  .transform((text, context) => {
    const tag = normalizeTag(text);
    if (tag !== undefined) return tag;
    context.addIssue({
      code: "custom",
      message: `must have 1 to ${MAX_TAG_LENGTH} characters, none of them a comma or a control character`,
    });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "renewal" });

/** Tags in a body. */
export const tagNames = z.array(tagName).min(1).max(MAX_TAGS);

const tagged = z
  .object({ id: z.string(), tags: z.array(z.string()).describe("All tags of the call, in order.") })
  .openapi("CallTags", { example: { id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", tags: ["renewal", "vip"] } });

const common = { tags: ["Calls"], security: SECURED };

const add = createRoute({
  ...common,
  method: "post",
  path: "/{id}/tags",
  summary: "Tag a call",
  description: `Tags are stored in lower case, with single spaces. A call has at most ${MAX_TAGS}. A change is sent as \`call.updated\`; tags that the call has already change nothing.`,
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ tags: tagNames.describe("The tags to add.") }), { tags: ["VIP"] }),
    },
  },
  responses: { 200: { description: "The call's tags", ...json(tagged) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/tags/{tag}",
  summary: "Take a tag off a call",
  request: { params: idParam.extend({ tag: tagName }) },
  responses: { 204: { description: "The call does not have the tag" }, ...failures(401, 403, 404, 422) },
});

/** `/v1/calls/{id}/tags` */
export function callTagRoutes() {
  return newRouter()
    .openapi(add, async (c) => {
      const { id } = c.req.valid("param");
      const change = { add: c.req.valid("json").tags };
      const changed = await changeTags(c.var.deps, { ...withinOf(c), callId: id, change }, actOf(c));
      return changed.ok ? c.json({ id, tags: [...changed.value.tags] }, 200) : problem(c, changed.error);
    })
    .openapi(remove, async (c) => {
      const { id, tag } = c.req.valid("param");
      const target = { ...withinOf(c), callId: id, change: { remove: [tag] } };
      const changed = await changeTags(c.var.deps, target, actOf(c));
      return changed.ok ? c.body(null, 204) : problem(c, changed.error);
    });
}
