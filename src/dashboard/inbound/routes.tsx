import { Hono } from "hono";
import { may } from "../../identity";
import { platformOf } from "../../platforms";
import { listSources, maySearchBodies, readInboundAs, replayInbound, replayMany, searchInbound } from "../../sources";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { inboundWords } from "../../ui/strings/inbound";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { forbiddenAnswer, refusedAnswer } from "../message-page";
import { hasFilter, inboundFilterOf, inboundHref, readInboundQuery, textsOf, type InboundQuery } from "./filter";
import { InboundLogPage } from "./log-page";
import { InboundRequestPage } from "./request-page";

const PAGE = 50;
const MOST_SOURCES = 200;
/** As many as the API replays at once. */
const MOST_REPLAYED = 1_000;

/** `/dashboard/inbound` */
export function inboundRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/inbound", "/inbound/*"]) routes.use(path, needs("inbound:list"));

  routes.get("/inbound", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const asked = readInboundQuery(c.req.query());
    const searches = await maySearch(c);
    if (asked.q !== undefined && !searches) return forbiddenAnswer(view);
    const filter = inboundFilterOf(asked, view.formats);
    const after = asked.after === undefined ? {} : { after: asked.after };
    const [page, sources, whole] = await Promise.all([
      searchInbound(deps.db, { organizationId, reach, filter, limit: PAGE, order: "newest", named: true, ...after }),
      may(caller, "sources:read") ? listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }) : [],
      readWhole(deps.db, visitor),
    ]);
    const frame = frameOf(view, visitor, whole);
    const replayed = countIn(c.req.query("replayed"));
    return pageAnswer(<InboundLogPage {...{ view, frame, caller, searches, asked, page, sources, replayed }} />);
  });

  routes.use("/inbound/replay", needs("inbound:replay"));
  routes.get("/inbound/replay", async (c) => {
    const { deps, view, visitor } = c.var;
    const words = wordsOf(inboundWords, view.language);
    const asked = readInboundQuery(c.req.query());
    if (asked.q !== undefined && !(await maySearch(c))) return forbiddenAnswer(view);
    if (!hasFilter(asked)) return refusedAnswer(view, words.needsFilter);
    const { organizationId, reach } = visitor.caller;
    const query = { organizationId, reach, filter: inboundFilterOf(asked, view.formats), limit: MOST_REPLAYED };
    const [counted, whole] = await Promise.all([replayMany(deps, query, true, actOf(c)), readWhole(deps.db, visitor)]);
    const { number } = view.formats;
    const skipped = counted.matched - counted.sent;
    const back = { href: inboundHref(asked, {}), title: words.cancel };
    const go = counted.sent === 0 ? null : words.replayCount(number(counted.sent));
    const asks = { view, frame: frameOf(view, visitor, whole), current: "inbound", back, go } as const;
    return pageAnswer(
      <AskPage {...asks} title={words.replayTitle} action="/dashboard/inbound/replay" fields={textsOf(asked)}>
        <p>{counted.sent === 0 ? words.replayNone : words.replayText}</p>
        {skipped > 0 && <p class="second">{words.replaySkipped(number(skipped))}</p>}
        {counted.next !== null && <p class="second">{words.replayMore(number(counted.matched))}</p>}
      </AskPage>,
    );
  });

  routes.post("/inbound/replay", async (c) => {
    const form = await ownForm(c, "inbound:replay");
    if (form instanceof Response) return form;
    const { view, visitor } = c.var;
    const asked = askedIn(form.text);
    if (asked.q !== undefined && !(await maySearch(c))) return forbiddenAnswer(view);
    if (!hasFilter(asked)) return refusedAnswer(view, wordsOf(inboundWords, view.language).needsFilter);
    const { organizationId, reach } = visitor.caller;
    const query = { organizationId, reach, filter: inboundFilterOf(asked, view.formats), limit: MOST_REPLAYED };
    const done = await replayMany(writingDeps(c), query, false, actOf(c));
    const place = inboundHref(asked, {});
    return c.redirect(`${place}${place.includes("?") ? "&" : "?"}replayed=${done.sent}`, 303);
  });

  routes.get("/inbound/:id", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const [request, sources, whole] = await Promise.all([
      readInboundAs(deps, caller, { organizationId, reach, id: c.req.param("id") }, actOf(c)),
      may(caller, "sources:read") ? listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }) : [],
      readWhole(deps.db, visitor),
    ]);
    if (!request.ok) return failureAnswer(c, request.error);
    const frame = frameOf(view, visitor, whole);
    const replayed = countIn(c.req.query("replayed"));
    const { sourceId, sourceKind } = request.value;
    const sourceName = sources.find(({ id }) => id === sourceId)?.name ?? platformOf(sourceKind)?.title ?? sourceKind;
    return pageAnswer(
      <InboundRequestPage {...{ view, frame, caller, request: request.value, sourceName, replayed }} />,
    );
  });

  routes.post("/inbound/:id/replay", async (c) => {
    const form = await ownForm(c, "inbound:replay");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const target = { organizationId, reach, id: c.req.param("id") };
    const replayed = await replayInbound(writingDeps(c), target, actOf(c));
    if (!replayed.ok) return failureAnswer(c, replayed.error);
    return c.redirect(`/dashboard/inbound/${target.id}?replayed=1`, 303);
  });

  return routes;
}

/** Whether the visitor may search in bodies, which says what is in them. */
async function maySearch({ var: { deps, visitor } }: PageContext): Promise<boolean> {
  const { caller } = visitor;
  return (await maySearchBodies(deps.db, caller, caller)).ok;
}

const NAMES = ["outcome", "reason", "source", "call", "status", "q", "from", "until"] as const;

function askedIn(textOf: (name: string) => string): InboundQuery {
  return readInboundQuery(Object.fromEntries(NAMES.map((name) => [name, textOf(name)])));
}

function countIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
