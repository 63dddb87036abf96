import type { Child } from "hono/jsx";
import { ACTION_KINDS, lackingFor, MOST_ACTIONS, type CampaignActions, type KeptAction } from "../../actions";
import { may } from "../../identity";
import { ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { Status, Tag } from "../../ui/components/status";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf, type Words } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";
import { OnlyReads } from "./only-reads";

type Props = CampaignPageProps & { known: CampaignActions };

/** The post-call actions of a campaign in their order. */
export function ActionsPage(props: Props) {
  const { view, frame, caller, campaign, known } = props;
  const words = wordsOf(actionWords, view.language);
  const base = `/dashboard/campaigns/${campaign.id}/actions`;
  const mayWrite = may(caller, "campaigns:write");
  const { actions, version } = known;
  return (
    <CampaignPage {...props} tab="/actions">
      <Panel title={actions.length === 0 ? words.emptyTitle : words.tab}>
        <p class="second">{actions.length === 0 ? words.empty : words.state}</p>
        <OnlyReads view={view} caller={caller} needs="campaigns:write" />
        {actions.length > 0 && (
          <ol class="in-order">
            {actions.map((action, at) => (
              <li>
                <p>
                  <a href={`${base}/${action.id}`}>
                    <b dir="auto">{action.name}</b>
                  </a>{" "}
                  <Tag>{words[action.kind]}</Tag>{" "}
                  <Status tone={action.enabled ? "good" : "idle"}>{action.enabled ? words.on : words.off}</Status>
                </p>
                <p class="second" dir="auto">
                  {whenText(view, words, action)}
                </p>
                {mayWrite && actions.length > 1 && (
                  <form method="post" action={`${base}/order`} class="actions">
                    <input type="hidden" name="csrf" value={frame.csrf} />
                    <input type="hidden" name="seen" value={String(version)} />
                    <input type="hidden" name="action" value={action.id} />
                    {at > 0 && (
                      <MoveButton to={at - 1} label={words.upOf(action.name)}>
                        {words.up}
                      </MoveButton>
                    )}
                    {at < actions.length - 1 && (
                      <MoveButton to={at + 1} label={words.downOf(action.name)}>
                        {words.down}
                      </MoveButton>
                    )}
                  </form>
                )}
              </li>
            ))}
          </ol>
        )}
      </Panel>
      {mayWrite && actions.length < MOST_ACTIONS && (
        <Panel title={words.add}>
          <div class="actions">
            {ACTION_KINDS.filter((kind) => !lackingFor([kind], (one) => may(caller, one))).map((kind) => (
              <ButtonLink href={`${base}/new?kind=${kind}`}>{words[kind]}</ButtonLink>
            ))}
          </div>
        </Panel>
      )}
    </CampaignPage>
  );
}

function MoveButton({ to, label, children }: { to: number; label: string; children?: Child }) {
  return (
    <button class="button small" name="to" value={String(to)} aria-label={label}>
      {children}
    </button>
  );
}

/** The conditions of an action in short. */
export function whenText(view: View, words: Words<typeof actionWords>, { when }: Pick<KeptAction, "when">): string {
  if (when.length === 0) return words.always;
  const names = wordsOf(ruleWords, view.language);
  const titles = when.map(({ kind }) => {
    switch (kind) {
      case "outcome":
      case "direction":
      case "duration":
      case "risk":
      case "answer":
        return words[kind];
      case "tag":
        return words.hasTag;
      default:
        return names[kind];
    }
  });
  return `${words.conditions}: ${titles.join(", ")}`;
}
