import type { Criterion, ScorecardDefinition } from "../../quality/scorecards/shape";
import { effectsOf } from "../../quality/scorecards/effects";

// Beside the editor of a scorecard: what each criterion does to the score, as one writes, by the arithmetic of the Worker.

const form = document.querySelector<HTMLFormElement>("[data-scorecard]");
if (form) {
  const stored = JSON.parse(form.dataset.scorecard ?? "{}") as ScorecardDefinition;
  form.addEventListener("input", () => show(form, stored));
  show(form, stored);
}

function show(editor: HTMLFormElement, stored: ScorecardDefinition): void {
  const effects = new Map(effectsOf(written(editor, stored)).map((effect) => [effect.one.id, effect]));
  const { effect: words = "", effectNone: none = "", passes = "", fails = "" } = editor.dataset;
  const inPercent = new Intl.NumberFormat(document.documentElement.lang, {
    style: "percent",
    maximumFractionDigits: 2,
  });
  for (const output of editor.querySelectorAll<HTMLElement>("[data-effect-of]")) {
    const { share = null, alone = null } = effects.get(output.dataset.effectOf ?? "") ?? {};
    output.textContent =
      share === null || alone === null || alone.score === null
        ? none
        : words
            .replace("#1", inPercent.format(share / 100))
            .replace("#2", inPercent.format(alone.score / 100))
            .replace("#3", alone.passed ? passes : fails);
  }
}

/** The scorecard as the form has it, also where it cannot be saved yet. What has no text is none. */
function written(editor: HTMLFormElement, stored: ScorecardDefinition): ScorecardDefinition {
  const data = new FormData(editor);
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const known = new Map(stored.sections.flatMap(({ criteria }) => criteria).map((one) => [one.id, one]));
  const places = new Map<string, string>();
  const sections = [];
  for (let at = 0; data.has(`s${at}.title`); at += 1) {
    const criteria: Criterion[] = [];
    for (let place = 0; data.has(`s${at}.c${place}.text`); place += 1) {
      const base = `s${at}.c${place}`;
      if (text(`${base}.text`) === "") continue;
      places.set(text(`${base}.id`), base);
      criteria.push(criterionIn(text, base, known.get(text(`${base}.id`)), places));
    }
    sections.push({ id: `s${at}`, title: text(`s${at}.title`), weight: whole(text(`s${at}.weight`)), criteria });
  }
  const pass = Number(text("pass").replace(",", "."));
  return { pass_percent: Number.isFinite(pass) ? pass : 0, sections };
}

/** `places`: where the criteria before it are, by the ids that conditions name. */
function criterionIn(
  text: (name: string) => string,
  base: string,
  stored: Criterion | undefined,
  places: ReadonlyMap<string, string>,
): Criterion {
  const condition = stored?.only_if;
  const kind = text(`${base}.kind`) as Criterion["kind"];
  const below = text(`${base}.failsBelow`);
  const options = text(`${base}.options`)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, at) => ({
      id: stored?.options?.[at]?.id ?? `option_${at}`,
      label: line,
      points: whole(/=\s*(\d+)\s*$/.exec(line)?.[1] ?? ""),
    }));
  return {
    id: base,
    text: text(`${base}.text`),
    kind,
    weight: whole(text(`${base}.weight`)),
    ...(kind === "scale" && { max: Math.max(1, whole(text(`${base}.max`))) }),
    ...(kind === "choice" && { options }),
    na_allowed: false,
    critical: text(`${base}.critical`) !== "",
    auto_fail: text(`${base}.autoFail`) !== "",
    ...(condition && { only_if: { ...condition, criterion: places.get(condition.criterion) ?? condition.criterion } }),
    ...(below !== "" && { fails_below: Number(below.replace(",", ".")) }),
  };
}

function whole(text: string): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
