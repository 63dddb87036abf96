import { MICROS, type Spend } from "../../../analysis";
import { numberText } from "../../../lib/written-number";
import { Button } from "../../../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Status } from "../../../ui/components/status";
import { Table } from "../../../ui/components/table";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import type { View } from "../../../ui/view";
import { amountsIn } from "../usage/amounts";
import { ENGINES } from "./address";

export type SpendParts = {
  rows: readonly Spend[];
  /** The most a month may cost, in micros. */
  cap: number | null;
  /** What the form of the limit is filled from. */
  seen: string;
  /** A limit as it was sent. `seen`: where what its form was filled from is to be judged again. */
  refused?: { amount: string; errors: FieldErrors; seen?: string; differences?: readonly Difference[] };
};

type Props = { view: View; csrf: string; spend: SpendParts; mayWrite: boolean };

/** A month is all but spent when this share of its limit is. */
const NEARLY = 0.9;

/** A limit as its field has it. */
export function capText(cap: number | null): string {
  return cap === null ? "" : numberText(cap / MICROS);
}

/** What engines cost this month, and the most they may. */
export function SpendPanel({ view, csrf, spend, mayWrite }: Props) {
  const words = wordsOf(engineWords, view.language);
  const { dollars } = amountsIn(view.language);
  const { rows, cap, seen, refused } = spend;
  const total = rows.reduce((sum, { micros }) => sum + micros, 0);
  const errors = refused?.errors ?? [];
  return (
    <>
      <Panel title={words.spend} aside={words.spendHint} flush={rows.length > 0} id="spend">
        {rows.length === 0 ? (
          <p>{words.noSpend}</p>
        ) : (
          <Table
            view={view}
            label={words.spend}
            rows={rows}
            columns={[
              { name: "engine", title: words.name, kind: "mono", narrow: "start", cell: ({ engine }) => engine },
              {
                name: "minutes",
                title: words.sent,
                kind: "number",
                narrow: "below",
                cell: ({ audioMs }) => words.minutes(view.formats.decimal(audioMs / 60_000)),
              },
              {
                name: "cost",
                title: words.cost,
                kind: "number",
                narrow: "end",
                cell: ({ micros }) => dollars(micros / MICROS),
              },
            ]}
          />
        )}
      </Panel>
      <Panel title={words.cap} id="cap">
        <p>
          {cap === null ? (
            words.noCap(dollars(total / MICROS))
          ) : (
            <Status tone={total >= cap * NEARLY ? "attention" : "good"}>
              {words.capAt(dollars(total / MICROS), dollars(cap / MICROS))}
            </Status>
          )}
        </p>
        {mayWrite && (
          <form method="post" action={`${ENGINES}/cap`} class="form spaced">
            <input type="hidden" name="csrf" value={csrf} />
            <input type="hidden" name="seen" value={seen} />
            {refused?.differences && <Stale view={view} differences={refused.differences} />}
            <FormErrors view={view} errors={errors} />
            <TextField
              view={view}
              name="amount"
              label={words.capAmount}
              hint={words.capHint}
              value={refused?.amount ?? capText(cap)}
              maxlength={20}
              errors={errors}
              optional
            />
            <div class="actions">
              <Button>{words.save}</Button>
            </div>
          </form>
        )}
      </Panel>
    </>
  );
}
