import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  createConnector,
  deleteConnector,
  findSamePlace,
  listConnectors,
  readConnector,
  updateConnector,
  type ConnectorView,
} from "../../connectors";
import { may } from "../../identity";
import { writeProcessing } from "../../pipeline";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf } from "../campaign-name";
import { given as rulesGiven } from "../campaign-processing";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { changedConnector, connector, connectorChanges, createdConnector, newConnector } from "./shapes";
import { inNamesOfApi, settingsFrom, viewConnector } from "./views";

const common = { tags: ["Connectors"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List connectors",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("created_at", "descending"),
      campaign_id: z.string().max(200).optional().describe("By id or number."),
    }),
  },
  responses: { 200: { description: "A page of connectors", ...json(listOf(connector)) }, ...failures(401, 403, 422) },
});

const printed = {
  name: "Recordings of the exchange",
  campaign_id: "7",
  connection: {
    endpoint: "https://s3.amazonaws.com",
    accessKey: "your-access-key",
    secretKey: "your-secret-key",
    bucket: "authentivoice-audio",
    region: "us-east-1",
  },
  autoImport: {
    enabled: true,
    pollInterval: 300,
    importPath: "/incoming/",
    processedPath: "/processed/",
    filePatterns: ["*.mp3", "*.wav", "*.m4a"],
  },
  processing: {
    autoAnalyze: true,
    transcriptionEngine: "whisper",
    assignToTeam: "default-reviewers",
    notifyOnComplete: true,
  },
};

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a connector",
  description:
    "Trunkline looks into the storage at once, and then at the interval. A file is taken in when it lies there unchanged at two looks. The blocks `connection`, `autoImport` and `processing` are those that AuthentiVoice prints; comments in them are ignored.",
  request: { body: { required: true, ...json(newConnector, printed) } },
  responses: {
    201: { description: "The connector", ...json(createdConnector) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a connector and its health",
  request: { params: idParam },
  responses: { 200: { description: "The connector", ...json(connector) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change, pause or resume a connector",
  request: {
    params: idParam,
    body: { required: true, ...json(connectorChanges, { autoImport: { enabled: false } }) },
  },
  responses: {
    200: { description: "The connector", ...json(changedConnector) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete a connector",
  description: "Its calls are kept, and what lies in the storage is left there. Its source is deleted with it.",
  request: { params: idParam },
  responses: { 204: { description: "The connector is deleted" }, ...failures(401, 403, 404) },
});

/** Creates, reads, changes and deletes connectors. */
export function resourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, campaign_id: named } = c.req.valid("query");
      const within = withinOf(c);
      const campaign = await campaignIdOf(c.var.deps.db, within, named);
      if (!campaign.ok) return problem(c, campaign.error);
      const campaignId = campaign.value ?? undefined;
      const rows = await listConnectors(c.var.deps.db, {
        ...within,
        campaignId,
        limit: limit + 1,
        after: cursor,
        order,
      });
      return c.json(
        pageOf(rows, limit, viewConnector, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const given = c.req.valid("json");
      const { name, time_zone: timeZone, processing } = given;
      const kind = given.kind ?? (given.connection.clientId === undefined ? "s3" : "onedrive");
      if (processing !== undefined && !may(c.var.caller, "campaigns:write"))
        return problem(c, { kind: "permission_missing", permission: "campaigns:write" });
      const within = withinOf(c);
      const campaign = await campaignIdOf(c.var.deps.db, within, given.campaign_id);
      if (!campaign.ok) return problem(c, campaign.error);
      const campaignId = campaign.value ?? "";
      const { settings, ...rest } = settingsFrom(given);
      const input = { ...within, kind, name, campaignId, timeZone, settings: settings ?? {}, ...rest };
      const made = await createConnector(c.var.deps, { ...input, credentials: rest.credentials ?? {} }, actOf(c));
      if (!made.ok) return problem(c, inNamesOfApi(made.error));
      const { sourceId } = made.value;
      const change = { source: sourceId, rules: rulesGiven(processing ?? {}) };
      const ruled = processing && (await writeProcessing(c.var.deps, { ...within, id: campaignId }, change, actOf(c)));
      if (ruled && !ruled.ok) return problem(c, ruled.error);
      const samePlace = await samePlaceOf(c, made.value);
      const warnings = [
        ...(ruled?.value.sources.find(({ id }) => id === sourceId)?.warnings ?? []),
        ...(samePlace.length > 0 ? (["same_place"] as const) : []),
      ];
      return c.json({ ...viewConnector(made.value), same_place: samePlace, warnings }, 201);
    })
    .openapi(read, async (c) => {
      const found = await readConnector(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewConnector(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const { name, ...blocks } = c.req.valid("json");
      const updated = await updateConnector(c.var.deps, target, { name, ...settingsFrom(blocks) }, actOf(c));
      if (!updated.ok) return problem(c, inNamesOfApi(updated.error));
      return c.json({ ...viewConnector(updated.value), same_place: await samePlaceOf(c, updated.value) }, 200);
    })
    .openapi(remove, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const deleted = await deleteConnector(c.var.deps, target, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    });
}

/** The other connectors that look where this one does, as far as its caller may know of them. */
function samePlaceOf(c: Context<ApiEnv>, { id, kind, settings }: ConnectorView) {
  return findSamePlace(c.var.deps.db, withinOf(c), { kind, settings, except: id });
}
