import { Hono } from "hono";
import {
  countCaller,
  eraseCaller,
  HOLD_LIMITS,
  liftHold,
  listErasures,
  listHolds,
  placeHold,
  readErasure,
  readHold,
  readRetention,
  type HoldKind,
  type HoldRow,
} from "../../../privacy";
import { namesOfReports } from "../../../reports";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { privacyWords } from "../../../ui/strings/privacy";
import { AskPage } from "../../ask-page";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, fieldErrorsFrom, needs, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { notFoundAnswer } from "../../message-page";
import { pageOf, positionIn } from "../paged";
import { PRIVACY } from "./address";
import { ErasurePage } from "./erasure-page";
import { holdKinds, PrivacyPage, type HoldForm } from "./page";
import { retentionRoutes } from "./retention-routes";

const HERE = "/settings/privacy";
const KINDS: readonly HoldKind[] = ["call", "caller", "campaign"];

type Refused = NonNullable<Parameters<typeof PrivacyPage>[0]["refused"]>;

/** `/dashboard/settings/privacy` */
export function privacyRoutes() {
  const routes = new Hono<DashboardEnv>();
  for (const path of [HERE, `${HERE}/*`]) routes.use(path, needs("privacy:read"));

  routes.get(HERE, (c) => listAnswer(c));

  routes.get(`${HERE}/erasures/:id`, async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([
      readErasure(deps.db, visitor.caller, c.req.param("id")),
      readWhole(deps.db, visitor),
    ]);
    if (!found.ok) return notFoundAnswer(view);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<ErasurePage view={view} frame={frame} caller={visitor.caller} erasure={found.value} />);
  });

  routes.post(`${HERE}/callers/count`, async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    const { deps, view, visitor } = c.var;
    const number = form.text("number").trim().slice(0, HOLD_LIMITS.number);
    const [counted, whole] = await Promise.all([countCaller(deps, withinOf(c), number), readWhole(deps.db, visitor)]);
    if (!counted.ok) return listAnswer(c, { number, errors: fieldErrorsFrom(view, counted.error, "number") });
    const words = wordsOf(privacyWords, view.language);
    const { calls, deliveries, held, more } = counted.value;
    const shown = view.formats.number(calls);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="settings"
        title={words.eraseCallerTitle(number)}
        action={`${PRIVACY}/callers`}
        back={{ href: PRIVACY, title: words.privacyBack }}
        go={calls === 0 && !more ? null : words.eraseCallerGo(view.formats.counted(calls, more))}
        danger
        fields={{ number }}
      >
        <p>{words.callerWhy}</p>
        <p>
          {words.matched(shown)} {deliveries > 0 && words.withDeliveries(view.formats.number(deliveries))}{" "}
          {held > 0 && words.stays(view.formats.number(held))} {more && words.more}
        </p>
      </AskPage>,
    );
  });

  routes.post(`${HERE}/callers`, async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    const begun = await eraseCaller(writingDeps(c), withinOf(c), form.text("number"), actOf(c));
    return begun.ok ? c.redirect(`${PRIVACY}/erasures/${begun.value.id}`, 303) : failureAnswer(c, begun.error);
  });

  routes.post(`${HERE}/holds`, async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    const hold: HoldForm = {
      kind: form.text("kind"),
      subject: form.text("subject").trim(),
      reason: form.text("reason").trim().slice(0, HOLD_LIMITS.reason),
    };
    const { view } = c.var;
    const kind = KINDS.find((one) => one === hold.kind);
    if (kind === undefined || hold.subject === "" || hold.reason === "") {
      const field = hold.subject === "" ? "subject" : hold.reason === "" ? "reason" : "kind";
      const error = { kind: "invalid" as const, fields: [{ field, message: "is missing", code: "missing" as const }] };
      return listAnswer(c, { hold, errors: fieldErrorsFrom(view, error, field) });
    }
    const placed = await placeHold(writingDeps(c), withinOf(c), { ...hold, kind }, actOf(c));
    if (!placed.ok) return listAnswer(c, { hold, errors: fieldErrorsFrom(view, placed.error, "subject") });
    return c.redirect(`${PRIVACY}?done=placed`, 303);
  });

  routes.get(`${HERE}/holds/:id/lift`, needs("privacy:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [hold, whole] = await Promise.all([
      readHold(deps.db, withinOf(c), c.req.param("id") ?? ""),
      readWhole(deps.db, visitor),
    ]);
    if (!hold.ok) return notFoundAnswer(view);
    const words = wordsOf(privacyWords, view.language);
    const names = await namesOfHolds(c, [hold.value]);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="settings"
        title={words.liftTitle}
        back={{ href: PRIVACY, title: words.privacyBack }}
        go={words.liftGo}
        danger
      >
        <p dir="auto">
          {holdKinds(words)[hold.value.kind]}: {names.get(hold.value.subject) ?? hold.value.subject}. {words.reason}:{" "}
          {hold.value.reason}
        </p>
        <p>{words.liftWhy}</p>
      </AskPage>,
    );
  });

  routes.post(`${HERE}/holds/:id/lift`, async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    const lifted = await liftHold(writingDeps(c).db, withinOf(c), c.req.param("id"));
    return lifted.ok ? c.redirect(`${PRIVACY}?done=lifted`, 303) : failureAnswer(c, lifted.error);
  });

  return routes.route("/", retentionRoutes());
}

function withinOf({ var: { visitor } }: PageContext) {
  const { organizationId, reach } = visitor.caller;
  return { organizationId, reach };
}

/** The names of the campaigns that are held, and of who placed the holds. */
function namesOfHolds({ var: { deps, visitor } }: PageContext, holds: readonly HoldRow[]) {
  return namesOfReports(deps.db, visitor.caller.organizationId, {
    campaign: holds.flatMap(({ kind, subject }) => (kind === "campaign" ? [subject] : [])),
    reviewer: holds.map(({ actor }) => actor),
  });
}

async function listAnswer(c: PageContext, refused?: Refused): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [erasures, holds, retention, whole] = await Promise.all([
    listErasures(deps.db, visitor.caller, positionIn(c, "erasures")),
    listHolds(deps.db, withinOf(c), positionIn(c, "holds")),
    readRetention(deps.db, visitor.caller.organizationId),
    readWhole(deps.db, visitor),
  ]);
  const words = wordsOf(privacyWords, view.language);
  const done = c.req.query("done");
  const said = done === "placed" ? words.placed : done === "lifted" ? words.lifted : undefined;
  return pageAnswer(
    <PrivacyPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      retention={retention}
      erasures={pageOf(c, "erasures", erasures, ({ id }) => id)}
      holds={pageOf(c, "holds", holds, ({ id }) => id)}
      names={await namesOfHolds(c, holds)}
      toast={said !== undefined && <Toast>{said}</Toast>}
      {...(refused && { refused })}
    />,
    refused ? 422 : 200,
  );
}
