import { readSidecarRule, tryNames, trySidecar, type TriedName } from "../../connectors";
import { Button } from "../../ui/components/button";
import { TextArea } from "../../ui/components/form";
import { Facts } from "../../ui/components/panel";
import { Table } from "../../ui/components/table";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { sidecarWords } from "../../ui/strings/sidecar";
import { triedWords } from "../../ui/strings/tried-names";
import type { View } from "../../ui/view";
import type { Fields } from "../forms";
import { type ConnectorFields } from "./empty-fields";
import { sidecarIn } from "./fields";

const MOST_NAMES = 20;
const LONGEST_NAME = 500;

/** In UTF-16 units. */
const LONGEST_SIDECAR = 20_000;

/**
 * Names that were tried on the rules of a form, and what they came to; null where its naming is none. The same of the text
 * of a sidecar: `rule` where the rule itself is wrong, `text` where the text is not of its format.
 */
export type Tried = {
  samples: string;
  names: TriedName[] | null;
  sidecarSample: string;
  sidecar: Record<string, string> | "rule" | "text" | null;
};

/** What the form's rules make of the names in it, where that is asked for: nothing is saved by that. */
export function triedIn(form: Fields, fields: ConnectorFields): Tried | undefined {
  if (form.text("do") !== "try") return undefined;
  const samples = form.text("samples").slice(0, MOST_NAMES * LONGEST_NAME);
  const names = samples
    .split("\n")
    .map((line) => line.trim().slice(0, LONGEST_NAME))
    .filter((line) => line !== "")
    .slice(0, MOST_NAMES);
  const patterns = fields.patterns.split(/\s+/).filter((pattern) => pattern !== "");
  const rule = readSidecarRule(sidecarIn(fields));
  const sidecarSample = form.text("sidecarSample").slice(0, LONGEST_SIDECAR);
  const sidecar =
    rule === undefined
      ? "rule"
      : rule === null || sidecarSample.trim() === ""
        ? null
        : (trySidecar(rule, sidecarSample) ?? "text");
  const tried = tryNames({ naming: fields.naming, patterns, sidecar: rule ?? null }, names);
  return { samples, names: tried, sidecarSample, sidecar };
}

/** Names of files to try before anything is saved. */
export function TryNames({
  view,
  tried,
  hasSidecar,
}: {
  view: View;
  tried: Tried | undefined;
  /** Whether files may lie beside the recordings of this kind. */
  hasSidecar: boolean;
}) {
  const beside = wordsOf(sidecarWords, view.language);
  const { sidecar = null, sidecarSample = "" } = tried ?? {};
  const wrong = { rule: beside.sidecarRuleWrong, text: beside.sidecarWrong };
  const words = wordsOf(connectorWords, view.language);
  const own = wordsOf(triedWords, view.language);
  return (
    <details class="more" open={tried !== undefined}>
      <summary>{own.tryNames}</summary>
      <TextArea
        view={view}
        name="samples"
        label={own.samples}
        hint={own.samplesHint}
        value={tried?.samples ?? ""}
        errors={tried?.names === null ? [{ field: "samples", message: own.namingWrong }] : []}
        mono
        optional
      />
      {hasSidecar && (
        <TextArea
          view={view}
          name="sidecarSample"
          label={beside.sidecarSample}
          hint={beside.sidecarSampleHint}
          rows={4}
          value={sidecarSample}
          errors={typeof sidecar === "string" ? [{ field: "sidecarSample", message: wrong[sidecar] }] : []}
          mono
          optional
        />
      )}
      <div class="actions">
        <Button name="do" value="try">
          {own.tryNames}
        </Button>
      </div>
      {tried?.names && tried.names.length > 0 && (
        <Table
          view={view}
          label={own.tryNames}
          rows={tried.names}
          columns={[
            {
              name: "file",
              title: words.file,
              narrow: "middle",
              cell: ({ name }) => (
                <span class="mono" dir="auto">
                  {name}
                </span>
              ),
            },
            {
              name: "verdict",
              title: words.verdict,
              narrow: "end",
              cell: ({ isTaken }) => (isTaken ? words.take : words.skip),
            },
            {
              name: "facts",
              title: words.facts,
              narrow: "below",
              cell: ({ fields }) => (
                <span class="second" dir="auto">
                  {Object.entries(fields)
                    .map(([name, value]) => `${name}: ${value}`)
                    .join(", ") || "–"}
                </span>
              ),
            },
          ]}
        />
      )}
      {sidecar !== null && typeof sidecar === "object" && (
        <Facts
          facts={[
            [
              beside.sidecarGives,
              <span class="second" dir="auto">
                {Object.entries(sidecar)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join(", ") || "–"}
              </span>,
            ],
          ]}
        />
      )}
    </details>
  );
}
