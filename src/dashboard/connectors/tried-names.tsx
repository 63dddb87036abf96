import { tryRules, type TriedName } from "../../connectors";
import { Button } from "../../ui/components/button";
import { TextArea } from "../../ui/components/form";
import { Facts } from "../../ui/components/panel";
import { Table } from "../../ui/components/table";
import type { Language } from "../../ui/language";
import { wordsOf } from "../../ui/strings/define";
import { sidecarWords } from "../../ui/strings/sidecar";
import { triedWords } from "../../ui/strings/tried-names";
import type { View } from "../../ui/view";
import type { Fields } from "../forms";
import { type ConnectorFields } from "./empty-fields";
import { inputOf } from "./fields";
import { FactsGiven, judgedColumns } from "./judged-columns";

const MOST_NAMES = 20;
const LONGEST_NAME = 500;

/** In UTF-16 units. */
const LONGEST_SIDECAR = 20_000;

/**
 * What was tried on the rules of a form, and what it came to. `wrong`: the field of the form that is to be corrected first, or
 * the sample itself.
 */
export type Tried = {
  samples: string;
  sidecarSample: string;
  names: readonly TriedName[];
  sidecar: Record<string, string> | null;
  wrong: "naming" | "patterns" | "sidecar" | "sidecarSample" | null;
};

/** What the form's rules make of the samples in it, where that is asked for: nothing is saved by that. */
export function triedIn(form: Fields, fields: ConnectorFields, language: Language): Tried | undefined {
  if (form.text("do") !== "try") return undefined;
  const samples = form.text("samples").slice(0, MOST_NAMES * LONGEST_NAME);
  const names = samples
    .split("\n")
    .map((line) => line.trim().slice(0, LONGEST_NAME))
    .filter((line) => line !== "")
    .slice(0, MOST_NAMES);
  const { settings } = inputOf(fields, language);
  const sidecarSample = form.text("sidecarSample").slice(0, LONGEST_SIDECAR);
  const sidecar = settings.sidecar === null || sidecarSample.trim() === "" ? null : sidecarSample;
  const tried = tryRules(settings, { names, sidecar });
  if (tried.ok) return { samples, sidecarSample, ...tried.value, wrong: null };
  const [field = ""] = tried.error.kind === "invalid" ? tried.error.fields.map((one) => one.field) : [];
  const wrong = field.startsWith("samples.")
    ? "sidecarSample"
    : field.startsWith("settings.sidecar")
      ? "sidecar"
      : field.startsWith("settings.naming")
        ? "naming"
        : "patterns";
  // What is wrong with one sample says nothing of the others.
  const others = wrong === "sidecarSample" ? tryRules(settings, { names, sidecar: null }) : tried;
  return { samples, sidecarSample, names: others.ok ? others.value.names : [], sidecar: null, wrong };
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
  const { sidecar = null, sidecarSample = "", wrong = null } = tried ?? {};
  const own = wordsOf(triedWords, view.language);
  return (
    <details class="more" open={tried !== undefined}>
      <summary>{own.tryNames}</summary>
      <div class="form">
        <TextArea
          view={view}
          name="samples"
          label={own.samples}
          hint={own.samplesHint}
          value={tried?.samples ?? ""}
          errors={
            wrong === "naming" || wrong === "patterns"
              ? [{ field: "samples", message: wrong === "naming" ? own.namingWrong : own.patternsWrong }]
              : []
          }
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
            errors={
              wrong === "sidecar" || wrong === "sidecarSample"
                ? [
                    {
                      field: "sidecarSample",
                      message: wrong === "sidecar" ? beside.sidecarRuleWrong : beside.sidecarWrong,
                    },
                  ]
                : []
            }
            mono
            optional
          />
        )}
        <div class="actions">
          <Button name="do" value="try">
            {own.tryNames}
          </Button>
        </div>
        {tried && tried.names.length > 0 && (
          <Table
            view={view}
            label={own.tryNames}
            rows={tried.names}
            columns={judgedColumns<TriedName>(view, [], ({ fields, sidecar: file }) =>
              file === null ? fields : { ...fields, [beside.sidecar]: file },
            )}
          />
        )}
        {sidecar !== null && <Facts facts={[[beside.sidecarGives, <FactsGiven facts={sidecar} />]]} />}
      </div>
    </details>
  );
}
