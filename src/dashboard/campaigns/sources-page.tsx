import type { CampaignRow } from "../../campaigns";
import { may } from "../../identity";
import type { PlatformKind } from "../../platforms";
import type { SourceGuide, SourceView, StorageOfSource } from "../../sources";
import { Panel } from "../../ui/components/panel";
import { campaignWords } from "../../ui/strings/campaigns";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { platformTitle } from "../sources/platform-title";
import { KindCards, NewSourceForm, type SourceFields } from "../sources/new-form";
import type { Arrived } from "../sources/read";
import { NOTHING_SHOWN, SourceConnection } from "../sources/source-page";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";

type Props = CampaignPageProps & {
  sources: readonly SourceView[];
  /** The storages that some of them were made with, by the id of the source. */
  storages: ReadonlyMap<string, StorageOfSource>;
  /** The source that is looked at, or the platform that one is to be made of. */
  chosen: { written: SourceGuide; arrived: Arrived } | null;
  kind: PlatformKind | null;
  /** What the form of a new source holds. */
  fields: SourceFields;
  campaigns: readonly CampaignRow[];
  once: string;
  /** Whether the form of a new source may make the API key that its platform sends. */
  mayMakeKey: boolean;
};

/** What the calls of a campaign come from: what is connected, and every platform that can be. */
export function AudioSourcesPage(props: Props) {
  const { view, frame, caller, campaign, sources, storages, chosen, kind, mayMakeKey, ...rest } = props;
  const words = wordsOf(campaignWords, view.language);
  const base = `/dashboard/campaigns/${campaign.id}/sources`;
  const titleOf = ({ id, kind: platform }: SourceView) => {
    const storage = storages.get(id);
    return storage ? wordsOf(connectorWords, view.language)[storage.kind] : platformTitle(platform, view.language);
  };
  return (
    <CampaignPage {...props} tab="/sources">
      {sources.length > 0 && (
        <>
          <h2 class="second">{words.connected}</h2>
          <nav class="cards" aria-label={words.connected}>
            {sources.map((source) => (
              <a
                class="card"
                href={
                  storages.has(source.id)
                    ? `/dashboard/connectors/${storages.get(source.id)?.id}`
                    : `${base}?source=${source.id}`
                }
                aria-current={source.id === chosen?.written.source.id ? "true" : undefined}
              >
                <b class="clip" dir="auto">
                  {storages.get(source.id)?.name ?? source.name}
                </b>
                <span class="second">{titleOf(source)}</span>
              </a>
            ))}
          </nav>
        </>
      )}
      {may(caller, "sources:write") ? (
        <details class="more" open={chosen === null}>
          <summary>{words.choose}</summary>
          <KindCards
            view={view}
            current={chosen === null ? kind : null}
            hrefOf={(one) => `${base}?kind=${one}`}
            action={base}
          />
          <p>
            <a href={`/dashboard/connectors/new?campaign=${campaign.id}`}>
              {wordsOf(connectorWords, view.language).emptyTitle}
            </a>
          </p>
        </details>
      ) : (
        sources.length === 0 && <Panel>{words.mayNot}</Panel>
      )}
      {chosen && <SourceConnection {...props} {...chosen} {...NOTHING_SHOWN} csrf={frame.csrf} back={campaign.id} />}
      {kind !== null && chosen === null && (
        <NewSourceForm
          view={view}
          csrf={frame.csrf}
          kind={kind}
          campaigns={rest.campaigns}
          fields={rest.fields}
          errors={[]}
          once={rest.once}
          mayMakeKey={mayMakeKey}
        />
      )}
    </CampaignPage>
  );
}
