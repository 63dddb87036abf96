import { Hono } from "hono";
import { deletesMore, readCampaign, redactedIn, redactsLess, updateCampaign, type CampaignRow } from "../../campaigns";
import { PII_KINDS, type PiiKind } from "../../db/schema";
import { isLimited, may } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { CheckField, FormErrors, SelectField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { differing, Stale, type Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf, type Words } from "../../ui/strings/define";
import { kindsInWords, redactionWords } from "../../ui/strings/redaction";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { forbiddenAnswer } from "../message-page";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";
import { OnlyReads } from "./only-reads";

/** `/dashboard/campaigns/{id}/redaction` */
export function redactionRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/campaigns/:id/redaction", needs("campaigns:read"), (c) => show(c));

  routes.post("/campaigns/:id/redaction", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    const found = await readCampaign(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const kinds = PII_KINDS.filter((kind) => form.text(`kind.${kind}`) === "yes");
    const fields: KindFields = { mode: form.text("mode") === "own" ? "own" : "organization", kinds };
    const redact = fields.mode === "own" ? kinds : null;
    const words = wordsOf(redactionWords, c.var.view.language);
    if (form.text("seen") !== (await seenBy(found.value)))
      return show(c, { fields, differences: differencesOf(words, found.value, fields) }, 409);
    if (redactsLess(found.value.settings, redact) && !may(c.var.visitor.caller, "originals:read"))
      return show(c, { fields, errors: [{ field: "mode", message: words.less }] }, 422);
    const written = await updateCampaign(writingDeps(c), targetOf(c), { settings: { redact } }, actOf(c));
    if (!written.ok) return failureAnswer(c, written.error);
    return c.redirect(`/dashboard/campaigns/${written.value.id}/redaction?done=redaction`, 303);
  });

  routes.post("/campaigns/:id/redaction/originals", async (c) => {
    // To have originals deleted is to erase; both directions ask who it is.
    const form = await ownForm(c, "privacy:erase");
    if (form instanceof Response) return form;
    if (!may(c.var.visitor.caller, "campaigns:write")) return forbiddenAnswer(c.var.view);
    const found = await readCampaign(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const dropOriginals = form.text("do") === "delete";
    const words = wordsOf(redactionWords, c.var.view.language);
    if (form.text("seen") !== (await seenBy(found.value))) {
      const inWords = (drops: boolean) => (drops ? words.originalsDeleted : words.originalsKept);
      const stored = inWords(found.value.settings.dropOriginals === true);
      return show(c, { differences: [{ label: words.originals, stored, entered: inWords(dropOriginals) }] }, 409);
    }
    if (deletesMore(found.value.settings, dropOriginals) && form.text("sure") !== "yes")
      return show(c, { errors: [{ field: "sure", message: words.deleteOriginalsUnsure }] }, 422);
    const written = await updateCampaign(writingDeps(c), targetOf(c), { settings: { dropOriginals } }, actOf(c));
    if (!written.ok) return failureAnswer(c, written.error);
    return c.redirect(`/dashboard/campaigns/${written.value.id}/redaction?done=redaction`, 303);
  });

  return routes;
}

function seenBy({ settings }: CampaignRow): Promise<string> {
  const { redact = null, redactDefault = [], dropOriginals = false } = settings;
  return seenOf({ redact, redactDefault, dropOriginals });
}

/** Whether a campaign has kinds of its own, and which are marked. */
type KindFields = { mode: "organization" | "own"; kinds: readonly PiiKind[] };

function fieldsOf({ settings }: CampaignRow): KindFields {
  return { mode: settings.redact === undefined ? "organization" : "own", kinds: redactedIn(settings) };
}

/** Where what is stored and what somebody entered are not the same. */
function differencesOf(
  words: Words<typeof redactionWords>,
  campaign: CampaignRow,
  entered: KindFields,
): readonly Difference[] {
  const of = (label: string, text: (fields: KindFields) => string) => ({
    label,
    stored: text(fieldsOf(campaign)),
    entered: text(entered),
  });
  return differing([
    of(words.mode, ({ mode }) => (mode === "own" ? words.modeOwn : words.modeOrganization)),
    of(words.kinds, ({ kinds }) => kinds.map((kind) => words[kind]).join(", ")),
  ]);
}

type Shown = { fields?: KindFields; errors?: FieldErrors; differences?: readonly Difference[] };

async function show(
  c: PageContext,
  { fields, errors = [], differences = [] }: Shown = {},
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, whole] = await Promise.all([readCampaign(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
  if (!found.ok) return failureAnswer(c, found.error);
  const props: CampaignPageProps = {
    view,
    frame: frameOf(view, visitor, whole),
    caller: visitor.caller,
    campaign: found.value,
    done: c.req.query("done") ?? "",
  };
  const [filled, seen] = [fields ?? fieldsOf(found.value), await seenBy(found.value)];
  return pageAnswer(<RedactionPage {...props} {...{ errors, differences, seen }} fields={filled} />, status);
}

type Props = CampaignPageProps & {
  fields: KindFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
};

/** What is taken out of the calls of a campaign: as a sentence, and as a form. */
function RedactionPage(props: Props) {
  const { view, caller, campaign, errors, differences } = props;
  const words = wordsOf(redactionWords, view.language);
  const kinds = redactedIn(campaign.settings);
  return (
    <CampaignPage {...props} tab="/redaction">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <Panel title={words.title}>
        <p>{kinds.length === 0 ? words.none : words.taken(kindsInWords(words, kinds))}</p>
        {campaign.settings.redact === undefined && <p class="second">{words.inherited}</p>}
        <p class="second">{words.how}</p>
        <OnlyReads view={view} caller={caller} needs="campaigns:write" />
        {may(caller, "campaigns:write") && <KindsForm {...props} />}
      </Panel>
      {(kinds.length > 0 || campaign.settings.dropOriginals === true) && <Originals {...props} />}
      {kinds.length > 0 && may(caller, "analyses:write") && !isLimited(caller.reach) && (
        <Panel title={words.past}>
          <p>{words.pastText}</p>
          <ButtonLink href={`/dashboard/calls/bulk?campaign=${campaign.id}`}>{words.pastGo}</ButtonLink>
        </Panel>
      )}
    </CampaignPage>
  );
}

/** Whether originals are kept, and the form that has them deleted. */
function Originals({ view, frame, caller, campaign, seen }: Props) {
  const words = wordsOf(redactionWords, view.language);
  const deletes = campaign.settings.dropOriginals === true;
  return (
    <Panel title={words.originals} {...(deletes && { tone: "attention" as const })}>
      <p>{deletes ? words.originalsDeleted : words.originalsKept}</p>
      {may(caller, "campaigns:write") && may(caller, "privacy:erase") && (
        <form method="post" action={`/dashboard/campaigns/${campaign.id}/redaction/originals`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="seen" value={seen} />
          <input type="hidden" name="do" value={deletes ? "keep" : "delete"} />
          {!deletes && <p class="second">{words.deleteOriginalsWhy}</p>}
          {!deletes && <CheckField name="sure" value="yes" label={words.deleteOriginalsSure} />}
          <div class="actions">
            {deletes ? <Button>{words.keepOriginals}</Button> : <Button kind="danger">{words.deleteOriginals}</Button>}
          </div>
        </form>
      )}
    </Panel>
  );
}

function KindsForm({ view, frame, campaign, fields, errors, seen }: Props) {
  const words = wordsOf(redactionWords, view.language);
  return (
    <form method="post" action={`/dashboard/campaigns/${campaign.id}/redaction`} class="form">
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="seen" value={seen} />
      <SelectField
        view={view}
        errors={errors}
        name="mode"
        label={words.mode}
        value={fields.mode}
        options={[
          ["organization", words.modeOrganization],
          ["own", words.modeOwn],
        ]}
      />
      <fieldset>
        <legend>{words.kinds}</legend>
        <p class="hint">{words.kindsHint}</p>
        <div class="checks">
          {PII_KINDS.map((kind) => (
            <CheckField name={`kind.${kind}`} value="yes" checked={fields.kinds.includes(kind)} label={words[kind]} />
          ))}
        </div>
      </fieldset>
      <div class="actions">
        <Button kind="main">{words.save}</Button>
      </div>
    </form>
  );
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
