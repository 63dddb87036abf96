import { Hono } from "hono";
import { BULK_VERBS, countSelected, estimateAnalyses, startAsJob } from "../../bulk";
import { listCampaigns } from "../../campaigns";
import { listEndpoints } from "../../delivery";
import { isLimited, may, needsConfirmation } from "../../identity";
import { pageAnswer } from "../../ui/layout/page";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import { askToConfirm } from "../confirmation/confirm";
import { actOf, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { forbiddenAnswer, messageAnswer } from "../message-page";
import { AskBulkPage } from "./ask-page";
import { jobRoutes } from "./job-routes";
import type { BulkWords } from "./job-words";
import { jobIdOf, newFormId, requestOf } from "./request";
import { selectedIn, selectedOf, selectionOf, type Selected } from "./selected";

const MOST_CAMPAIGNS = 500;
const MOST_WEBHOOKS = 200;

/** `/dashboard/calls/bulk` and `/dashboard/jobs` */
export function bulkRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/calls/bulk", needs("calls:read"), async (c) => {
    const { view } = c.var;
    const selected = selectedIn(new URL(c.req.url).searchParams, view.formats, view.now);
    return selected ? askAnswer(c, selected) : nothingSelected(c);
  });

  routes.post("/calls/bulk", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const { plain, view, visitor } = c.var;
    const selected = selectedOf(form.text);
    if (!selected) return nothingSelected(c);
    const { caller } = visitor;
    const self = caller.actor.kind === "user" ? caller.actor.id : "";
    const asked = requestOf(form.text, selectionOf(selected, view.formats, view.now, caller), self);
    if (asked === undefined) return nothingSelected(c);
    if (asked === "bad_tags" || asked === "no_note") return askAnswer(c, selected, { asked, tags: form.text("tags") });
    const unconfirmed = needsConfirmation(BULK_VERBS[asked.action].permission) ? await askToConfirm(c) : undefined;
    if (unconfirmed) return unconfirmed;
    const id = await jobIdOf(form.text("form"), asked, view.now);
    const started = await startAsJob(plain, visitor.caller, asked, { ...actOf(c), id });
    if (!started.ok) return failureAnswer(c, started.error);
    return c.redirect(`/dashboard/jobs/${id}?back=${encodeURIComponent(selected.back)}`, 303);
  });

  routes.route("/", jobRoutes());
  return routes;
}

async function askAnswer(c: PageContext, selected: Selected, bad?: Bad): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const mayAnalyse = may(caller, "analyses:write");
  // Who comes from a call to have it heard again is asked about that alone.
  const isOfAll = c.req.query("only") !== "analyse" || !mayAnalyse;
  const mayTag = isOfAll && may(caller, "calls:write");
  const mayReplay = isOfAll && may(caller, "deliveries:write");
  const mayErase = isOfAll && may(caller, "privacy:erase");
  const mayClose = isOfAll && may(caller, "reviews:assign");
  const maySeeTo = isOfAll && may(caller, "alerts:write");
  if (![mayTag, mayReplay, mayAnalyse, mayErase, mayClose, maySeeTo].includes(true)) return forbiddenAnswer(view);
  const [{ matched, more }, campaigns, endpoints, estimate, whole] = await Promise.all([
    countSelected(deps, { organizationId, reach }, selectionOf(selected, view.formats, view.now, c.var.visitor.caller)),
    mayTag ? listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }) : null,
    mayReplay && may(caller, "endpoints:read") ? listEndpoints(deps.db, { organizationId, limit: MOST_WEBHOOKS }) : [],
    mayAnalyse
      ? estimateAnalyses(
          deps,
          { organizationId, reach },
          selectionOf(selected, view.formats, view.now, c.var.visitor.caller),
        )
      : null,
    readWhole(deps.db, visitor),
  ]);
  if (matched === 0) return nothingSelected(c);
  const words = wordsOf(bulkWords, view.language);
  const active = endpoints.filter(({ active: isActive }) => isActive).map(({ id, url }) => ({ id, name: url }));
  return pageAnswer(
    <AskBulkPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      selected={selected}
      count={view.formats.counted(matched, more)}
      formId={newFormId(view.now)}
      campaigns={campaigns}
      webhooks={mayReplay ? active : null}
      isOfAll={isOfAll}
      mayTag={mayTag}
      mayMoveBack={!isLimited(reach)}
      estimate={estimate}
      mayErase={mayErase}
      mayClose={mayClose}
      maySeeTo={maySeeTo}
      {...(bad && { refused: { tags: bad.tags, errors: [errorOf(words, bad)] } })}
    />,
    bad ? 422 : 200,
  );
}

/** What is wrong with what was asked, and the tags that were written. */
type Bad = { asked: "bad_tags" | "no_note"; tags: string };

function errorOf(words: BulkWords, { asked }: Bad) {
  return asked === "bad_tags"
    ? { field: "tags", message: words.badTags }
    : { field: "note", message: words.noteMissing };
}

function nothingSelected({ var: { view } }: PageContext): Promise<Response> {
  const { none: title, noneText: text, cancel: link } = wordsOf(bulkWords, view.language);
  return messageAnswer(view, 422, { title, text, link, href: "/dashboard/calls" });
}
