import { may, type Caller, type ListedKey, type QuotaState } from "../../identity";
import { ButtonLink } from "../../ui/components/button";
import { Code } from "../../ui/components/code";
import { EmptyState } from "../../ui/components/empty-state";
import { Panel } from "../../ui/components/panel";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { apiKeyWords } from "../../ui/strings/api-keys";
import { apiPageWords } from "../../ui/strings/api-page";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { API_KEYS } from "../settings/api-keys/address";
import { keyColumns } from "../settings/api-keys/list-page";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  quota: QuotaState;
  /** The newest keys. */
  keys: readonly ListedKey[];
  /** Where the API answers. */
  origin: string;
};

/** Columns of a key that are of use here; its page has all. */
const SHOWN = new Set(["name", "may", "used", "status"]);

/** Where the API is described, what is left of its requests, and who has a key. */
export function ApiPage({ view, frame, caller, quota, keys, origin }: Props) {
  const words = wordsOf(apiPageWords, view.language);
  const keyWords = wordsOf(apiKeyWords, view.language);
  const documents = [
    ["/docs", words.reference],
    ["/openapi.json", words.document],
    ["/postman.json", words.postman],
    ["/llms.txt", words.languageModels],
  ] as const;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="api">
      <PageHead
        title={words.title}
        state={words.state}
        actions={
          <>
            <ButtonLink href={API_KEYS}>{words.allKeys}</ButtonLink>
            {may(caller, "keys:write") && (
              <ButtonLink kind="main" href={`${API_KEYS}/new`}>
                {words.createKey}
              </ButtonLink>
            )}
          </>
        }
      />
      <div class="columns even">
        <Panel title={words.documents}>
          <ul>
            {documents.map(([href, title]) => (
              <li>
                <a href={href}>{title}</a>
              </li>
            ))}
          </ul>
        </Panel>
        <Requests view={view} words={words} quota={quota} />
      </div>
      <div class="spaced">
        <Panel title={words.first}>
          <p class="second">{words.firstText}</p>
          <Code view={view} text={`curl -H "X-API-Key: $KEY" "${origin}/v1/calls?limit=10"`} what={words.curl} />
        </Panel>
      </div>
      <div class="spaced">
        <Panel title={words.keys} flush>
          {keys.length === 0 ? (
            <EmptyState title={words.noKeys}>{words.noKeysText}</EmptyState>
          ) : (
            <Table
              view={view}
              label={words.keys}
              rows={keys}
              columns={keyColumns(view, keyWords).filter(({ name }) => SHOWN.has(name))}
            />
          )}
        </Panel>
      </div>
    </FramedPage>
  );
}

function Requests({ view, words, quota }: { view: View; words: Words<typeof apiPageWords>; quota: QuotaState }) {
  const { plan, limit, left, resetAt } = quota;
  const { number, moment } = view.formats;
  const label = left === 0 ? words.usedUp(number(limit)) : words.left(number(left), number(limit));
  return (
    <Panel title={words.limit} {...(left === 0 ? { tone: "attention" as const } : {})}>
      <p>
        <b>{label}</b>
      </p>
      <p class="second">
        {words.resets(moment(resetAt, view.now))} {words.plan(plan)}.
      </p>
      <p class="second">{words.bulk}</p>
    </Panel>
  );
}
