import { CALL_FLAGS, MAX_TAG_LENGTH } from "../../calls";
import { VERDICTS } from "../../quality";
import { Button } from "../../ui/components/button";
import { Chip, ChipMenu, Chips } from "../../ui/components/chips";
import { CheckField, SelectField, TextField } from "../../ui/components/form";
import type { callWords } from "../../ui/strings/calls";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { callsHref, RISK_FROM, type CallQuery } from "./filter";
import type { CallListProps } from "./list-page";
import { OPTIONAL_COLUMNS, REVIEW_COLUMNS } from "./row";

export type CallWords = Words<typeof callWords>;

/** What the list is filtered by, each with a way out, and the menus of filters and columns. */
export function FilterChips(props: CallListProps & { words: CallWords; names: ReadonlyMap<string, string> }) {
  const { view, asked, words, names, list, operatorName, columns } = props;
  const { q, when, from, to, campaign, operator, team, source, flag, direction, state, tag, unassigned } = asked;
  const { risk, topic, score, least, below, verdict, reviewer, sort } = asked;
  const reviewerName = (id: string) => list.asked.get(id) ?? words.reviewerGone;
  const chip = (name: string, value: string, without: Partial<CallQuery>) => (
    <Chip view={view} name={name} value={value} withoutHref={callsHref(asked, without)} />
  );
  return (
    <Chips>
      {q !== undefined && chip(words.search, q, { q: undefined })}
      {when !== undefined && chip(words.when, words[when], { when: undefined })}
      {when === undefined &&
        (from ?? to) !== undefined &&
        chip(words.when, spanOf(view, words, from, to), { from: undefined, to: undefined })}
      {campaign !== undefined && chip(words.campaign, names.get(campaign) ?? campaign, { campaign: undefined })}
      {operator !== undefined && chip(words.operator, operatorName ?? operator, { operator: undefined })}
      {team !== undefined && chip(words.team, list.asked.get(team) ?? team, { team: undefined })}
      {source !== undefined &&
        chip(words.source, list.sources.find(({ id }) => id === source)?.name ?? source, { source: undefined })}
      {flag !== undefined && chip(words.flags, words[flag], { flag: undefined })}
      {topic !== undefined && chip(words.topic, topic, { topic: undefined })}
      {risk !== undefined &&
        chip(words.risk, riskOf(view, words, risk, score === undefined ? below : undefined), { risk: undefined })}
      {score !== undefined &&
        chip(words.score, gradeOf(score, least, below), { score: undefined, least: undefined, below: undefined })}
      {props.mayReadReviews && (
        <>
          {verdict !== undefined && chip(words.quality, words[verdict], { verdict: undefined })}
          {reviewer !== undefined && chip(words.reviewer, reviewerName(reviewer), { reviewer: undefined })}
          {sort !== undefined && chip(words.order, words.worstFirst, { sort: undefined })}
        </>
      )}
      {direction !== undefined && chip(words.direction, words[direction], { direction: undefined })}
      {state !== undefined && chip(words.state, words[state], { state: undefined })}
      {tag !== undefined && chip(words.tag, tag, { tag: undefined })}
      {unassigned !== undefined && chip(words.flags, words.unassigned, { unassigned: undefined })}
      <ChipMenu title={`+ ${words.filter}`}>
        <form class="form" action="/dashboard/calls">
          {q !== undefined && <input type="hidden" name="q" value={q} />}
          {operator !== undefined && <input type="hidden" name="operator" value={operator} />}
          {unassigned !== undefined && <input type="hidden" name="unassigned" value={unassigned} />}
          <SelectField
            view={view}
            name="when"
            label={words.when}
            value={when ?? ""}
            options={[
              ["", words.any],
              ["today", words.today],
              ["week", words.week],
              ["month", words.month],
            ]}
          />
          <div class="pair">
            <TextField view={view} name="from" type="date" label={words.from} value={from ?? ""} optional />
            <TextField view={view} name="to" type="date" label={words.to} value={to ?? ""} optional />
          </div>
          <SelectField
            view={view}
            name="campaign"
            label={words.campaign}
            value={campaign ?? ""}
            options={[["", words.any], ...list.campaigns.map(({ id, name }) => [id, name] as const)]}
          />
          {list.teams.size > 0 ? (
            <SelectField
              view={view}
              name="team"
              label={words.team}
              value={team ?? ""}
              options={[["", words.any], ...list.teams]}
            />
          ) : (
            team !== undefined && <input type="hidden" name="team" value={team} />
          )}
          <SelectField
            view={view}
            name="source"
            label={words.source}
            value={source ?? ""}
            options={[["", words.any], ...list.sources.map(({ id, name }) => [id, name] as const)]}
          />
          <SelectField
            view={view}
            name="flag"
            label={words.flags}
            value={flag ?? ""}
            options={[["", words.any], ...CALL_FLAGS.map((one) => [one, words[one]] as const)]}
          />
          {props.mayReadReviews && <ReviewFields {...props} />}
          {props.mayGrade && (
            <>
              <SelectField
                view={view}
                name="risk"
                label={words.risk}
                value={risk ?? ""}
                options={[
                  ["", words.any],
                  ["high", riskOf(view, words, "high")],
                  ["critical", riskOf(view, words, "critical")],
                ]}
              />
              <TextField view={view} name="topic" label={words.topic} value={topic ?? ""} maxlength={60} optional />
              <TextField
                view={view}
                name="score"
                label={words.score}
                hint={words.scoreHint}
                value={score ?? ""}
                maxlength={60}
                optional
              />
              <div class="pair">
                <TextField
                  view={view}
                  name="least"
                  label={words.atLeast}
                  value={least ?? ""}
                  maxlength={5}
                  inputmode="decimal"
                  optional
                />
                <TextField
                  view={view}
                  name="below"
                  label={words.below}
                  value={below ?? ""}
                  maxlength={5}
                  inputmode="decimal"
                  optional
                />
              </div>
            </>
          )}
          <SelectField
            view={view}
            name="direction"
            label={words.direction}
            value={direction ?? ""}
            options={[
              ["", words.any],
              ["inbound", words.inbound],
              ["outbound", words.outbound],
              ["internal", words.internal],
            ]}
          />
          <SelectField
            view={view}
            name="state"
            label={words.state}
            value={state ?? ""}
            options={[
              ["", words.any],
              ["in_progress", words.in_progress],
              ["completed", words.completed],
              ["failed", words.failed],
            ]}
          />
          <TextField view={view} name="tag" label={words.tag} value={tag ?? ""} maxlength={MAX_TAG_LENGTH} optional />
          <Button kind="main">{words.apply}</Button>
        </form>
      </ChipMenu>
      {props.mayReadReviews && maySortBy(asked) && sort === undefined && (
        <a class="chip" href={callsHref(asked, { sort: "worst" })}>
          {words.worstFirst}
        </a>
      )}
      <ChipMenu title={words.columns}>
        <form method="post" action="/dashboard/calls/columns" class="form">
          <input type="hidden" name="back" value={view.path} />
          <div>
            {OPTIONAL_COLUMNS.filter((one) => props.mayReadReviews || !REVIEW_COLUMNS.includes(one)).map((column) => (
              <CheckField name="column" value={column} label={words[column]} checked={columns.includes(column)} />
            ))}
          </div>
          <Button>{words.apply}</Button>
        </form>
      </ChipMenu>
    </Chips>
  );
}

/** How calls were judged, by whom, and in which order they are shown. */
function ReviewFields({ view, asked, list, words, mayNameReviewers }: CallListProps & { words: CallWords }) {
  const { verdict, reviewer, sort } = asked;
  const byName = [...list.reviewers].toSorted(([, one], [, other]) => one.localeCompare(other, view.language));
  return (
    <>
      <SelectField
        view={view}
        name="verdict"
        label={words.quality}
        value={verdict ?? ""}
        options={[["", words.any], ...VERDICTS.map((one) => [one, words[one]] as const)]}
      />
      {mayNameReviewers ? (
        <SelectField
          view={view}
          name="reviewer"
          label={words.reviewer}
          value={reviewer ?? ""}
          options={[["", words.any], ...byName]}
        />
      ) : (
        reviewer !== undefined && <input type="hidden" name="reviewer" value={reviewer} />
      )}
      {sort !== undefined && <input type="hidden" name="sort" value={sort} />}
    </>
  );
}

/** What was searched for has an order of its own. */
function maySortBy({ q, risk, topic, score }: CallQuery): boolean {
  return q === undefined && risk === undefined && topic === undefined && score === undefined;
}

function riskOf(view: View, words: CallWords, risk: keyof typeof RISK_FROM, below?: string): string {
  const bounds = [`≥ ${view.formats.number(RISK_FROM[risk])}`, ...(below === undefined ? [] : [`< ${below}`])];
  return `${risk === "high" ? words.highRisk : words.criticalRisk} (${bounds.join(", ")})`;
}

/** A score with its bounds, as one would write them. */
function gradeOf(score: string, least: string | undefined, below: string | undefined): string {
  return [score, least === undefined ? "" : `≥ ${least}`, below === undefined ? "" : `< ${below}`]
    .filter(Boolean)
    .join(" ");
}

function spanOf({ formats }: View, words: CallWords, from: string | undefined, to: string | undefined): string {
  const [first, last] = [formats.date(from ?? ""), formats.date(to ?? "")];
  if (from !== undefined && to !== undefined) return from === to ? words.day(first) : words.between(first, last);
  return from === undefined ? words.until(last) : words.since(first);
}
