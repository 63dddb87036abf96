import { readCampaignActions, type CampaignActions, type KeptAction } from "../../actions";
import { pageAnswer } from "../../ui/layout/page";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import { AskPage } from "../ask-page";
import type { PageContext } from "../deps";
import { failureAnswer } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";

export function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

export function actionNamed(c: PageContext, { actions }: CampaignActions): KeptAction | undefined {
  return actions.find(({ id }) => id === c.req.param("action"));
}

/** Asks before an action, or its secret, is gone. */
export async function askFirst(c: PageContext, act: "remove" | "secret"): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [known, whole] = await Promise.all([readCampaignActions(deps, targetOf(c)), readWhole(deps.db, visitor)]);
  if (!known.ok) return failureAnswer(c, known.error);
  const action = actionNamed(c, known.value);
  if (!action || (act === "secret" && !known.value.signed.has(action.id))) return notFoundAnswer(view);
  const words = wordsOf(actionWords, view.language);
  const href = `/dashboard/campaigns/${known.value.campaign.id}/actions/${action.id}`;
  return pageAnswer(
    <AskPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      current="campaigns"
      title={act === "remove" ? words.removeTitle(action.name) : words.newSecretTitle(action.name)}
      action={`${href}/${act}`}
      back={{ href, title: words.cancel }}
      go={act === "remove" ? words.remove : words.newSecret}
      danger
      fields={{ seen: String(known.value.version) }}
    >
      <p>{act === "remove" ? words.removeText : words.newSecretText}</p>
    </AskPage>,
  );
}
