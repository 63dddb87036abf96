import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import {
  readSealing,
  RESEAL_BUDGET,
  RESEAL_START,
  RESEAL_STEPS,
  resealValues,
  type ResealTurn,
  type SealingState,
} from "../../sealing";
import { encodeCursor, pageQuery } from "../cursor";
import { failures } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json } from "../shapes";
import { wholeNumber } from "../whole-number";

const keyVersion = z.object({
  version: z.number().int(),
  configured: z.boolean().describe("Whether `MASTER_KEYS` has it. What is sealed with one it lacks cannot be opened."),
  values: z.number().int().describe("Stored values that only this version opens."),
  links_end_at: z.iso
    .datetime()
    .nullable()
    .describe(
      "Until when links to recordings that it signed may work. They end when it is removed. Null: it still signs.",
    ),
  tokens_end_at: z.iso
    .datetime()
    .nullable()
    .describe("The same of tokens of `POST /v1/tokens` that it signed: whoever has one makes another from their key."),
  removable: z.boolean().describe("Nothing needs it any more, and every link and token it signed has ended."),
});

const sealing = z
  .object({
    newest: z.number().int().describe("The version that seals and signs."),
    versions: z.array(keyVersion),
    values: z
      .array(z.object({ place: z.string(), version: z.number().int(), values: z.number().int() }))
      .describe("Sealed values by table, column and version."),
    plain_headers: z.number().int().describe("Header values of endpoints from before they were sealed."),
    unconfirmed_copies: z
      .number()
      .int()
      .describe("Endpoints whose objects are not known to hold copies that the newest version opens."),
  })
  .openapi("Sealing", {
    example: {
      newest: 2,
      versions: [
        { version: 2, configured: true, values: 12, links_end_at: null, tokens_end_at: null, removable: false },
        {
          version: 1,
          configured: true,
          values: 3,
          links_end_at: "2026-08-21T14:00:00.000Z",
          tokens_end_at: "2026-08-20T14:15:00.000Z",
          removable: false,
        },
      ],
      values: [
        { place: "sources.secrets", version: 2, values: 12 },
        { place: "endpoints.secrets", version: 1, values: 3 },
      ],
      plain_headers: 0,
      unconfirmed_copies: 3,
    },
  });

const turn = z
  .object({
    resealed: z.number().int().describe("Rows sealed with the newest version."),
    changed: z.number().int().describe("Rows that somebody else wrote at the same time. Run it again for them."),
    unreadable: z
      .array(z.object({ place: z.string(), id: z.string() }))
      .describe("Values that do not open: their version is missing, or they were damaged."),
    unreached: z.array(z.string()).describe("Endpoints of which an object did not answer. Run it again for them."),
    next_cursor: z.string().nullable().describe("Pass as `cursor` to go on; null at the end."),
  })
  .openapi("ResealTurn", {
    example: { resealed: 3, changed: 0, unreadable: [], unreached: [], next_cursor: null },
  });

const common = { tags: ["Deployment"], security: ADMIN_ONLY };

const read = createRoute({
  ...common,
  method: "get",
  path: "/master-keys",
  summary: "Read which master keys are in use, and whether an old one may be removed",
  responses: { 200: { description: "The state of sealing", ...json(sealing) }, ...failures(401) },
});

const reseal = createRoute({
  ...common,
  method: "post",
  path: "/master-keys/reseal",
  summary: "Seal stored values with the newest master key",
  description:
    "Each request does a part: repeat it with `next_cursor` until that is null. What is sealed with the newest version is left alone, so a run can be repeated or taken up again at any time, beside other changes. `GET /admin/master-keys` says when an old key may go, and until when links and tokens that it signed work: they end with it.",
  request: {
    query: z.strictObject({
      cursor: pageQuery(z.object({ place: z.enum(RESEAL_STEPS), after: z.string().max(200) })).cursor,
      limit: wholeNumber({ min: 1, max: RESEAL_BUDGET.max })
        .default(RESEAL_BUDGET.default)
        .openapi({ description: "About how many writes this request may make.", example: RESEAL_BUDGET.default }),
    }),
  },
  responses: { 200: { description: "What was done", ...json(turn) }, ...failures(401, 422) },
});

/** `/admin/master-keys` */
export function masterKeyRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const { db, masterKeys, now } = c.var.deps;
      return c.json(viewSealing(await readSealing(db, masterKeys, now())), 200);
    })
    .openapi(reseal, async (c) => {
      const { cursor, limit } = c.req.valid("query");
      return c.json(viewTurn(await resealValues(c.var.deps, cursor ?? RESEAL_START, limit)), 200);
    });
}

function viewSealing(state: SealingState): z.infer<typeof sealing> {
  return {
    newest: state.newest,
    versions: state.versions.map(({ linksEndAt, tokensEndAt, ...version }) => ({
      ...version,
      links_end_at: toIso(linksEndAt),
      tokens_end_at: toIso(tokensEndAt),
    })),
    values: state.values,
    plain_headers: state.plainHeaders,
    unconfirmed_copies: state.unconfirmedCopies,
  };
}

function viewTurn({ next, ...done }: ResealTurn): z.infer<typeof turn> {
  return { ...done, next_cursor: next && encodeCursor(next) };
}
