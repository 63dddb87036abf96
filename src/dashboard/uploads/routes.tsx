import { Hono } from "hono";
import { readCallHeads } from "../../calls";
import { listCampaigns } from "../../campaigns";
import { may } from "../../identity";
import { MAX_RECORDING_BYTES } from "../../recordings";
import { abortUpload, listUploads, uploaderWithin } from "../../sources";
import { pageAnswer } from "../../ui/layout/page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { UploadsPage } from "./page";

const PAGE = 50;
const MOST_CAMPAIGNS = 500;
const ID = /^upl_[0-9a-z]{26}$/;

/** `/dashboard/uploads`. Its script sends the files through the API, with the session of the page. */
export function uploadRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/uploads", "/uploads/*"]) routes.use(path, needs("uploads:read"));

  routes.get("/uploads", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const uploader = uploaderWithin({ organizationId, reach });
    const asked = c.req.query("after") ?? "";
    const after = ID.test(asked) ? { id: asked } : undefined;
    const [rows, campaigns, whole] = await Promise.all([
      listUploads(deps.db, { ...uploader, limit: PAGE + 1, ...(after && { after }) }),
      listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
      readWhole(deps.db, visitor),
    ]);
    const uploads = rows.slice(0, PAGE);
    const ids = uploads.flatMap(({ callId }) => callId ?? []);
    const mayRead = ids.length > 0 && may(caller, "calls:read");
    const made = mayRead ? await readCallHeads(deps.db, { organizationId, reach, ids }) : [];
    return pageAnswer(
      <UploadsPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        uploads={uploads}
        campaigns={campaigns}
        campaignOf={new Map(made.map(({ id, campaignId }) => [id, campaignId]))}
        organizationId={organizationId}
        csrf={visitor.csrf}
        mostBytes={MAX_RECORDING_BYTES}
        mayUpload={may(caller, "uploads:write")}
        mayOpenCalls={may(caller, "calls:read")}
        after={after?.id ?? null}
        next={rows.length > PAGE ? (uploads.at(-1)?.id ?? null) : null}
      />,
    );
  });

  routes.post("/uploads/:id/abort", async (c) => {
    const form = await ownForm(c, "uploads:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const name = { ...uploaderWithin({ organizationId, reach }), id: c.req.param("id") };
    const aborted = await abortUpload(writingDeps(c), name, actOf(c));
    return aborted.ok ? c.redirect("/dashboard/uploads", 303) : failureAnswer(c, aborted.error);
  });

  return routes;
}
