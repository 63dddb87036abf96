import type { Problem, Shaped } from "./contract";
import { formOf } from "./form";
import { hasOpenPlaceholder, parseTemplate, placeholdersOf, type Template } from "./parse";
import { renderTemplate } from "./render";

/** The longest template, in bytes of UTF-8. */
export const MAX_TEMPLATE = 64 * 1024;

const FIELD = "template";

// A template that is JSON with each of these values in every place is JSON with any value: text that needs escaping,
// null, and a value that is neither text nor a number.
const SAMPLES: readonly unknown[] = ['Peña "said"\n\\ 🎧', null, { nested: [1, null, "two"] }];

/** The problems of a body template, for the person who wrote it. `headers` are the endpoint's own. */
export function checkTemplate(
  text: string,
  profile: Shaped,
  headers: Readonly<Record<string, string>> = {},
): Problem[] {
  if (new TextEncoder().encode(text).length > MAX_TEMPLATE)
    return [problem(`must not be longer than ${MAX_TEMPLATE} bytes`)];
  if (text.trim() === "") return [problem("must not be empty; leave it out for the profile's own body")];
  const template = parseTemplate(text, formOf(headers));
  const problems = pathProblems(template, profile);
  if (hasOpenPlaceholder(template)) problems.push(problem("opens a variable with {{ that no }} closes"));
  return problems.length > 0 ? problems : sampleProblems(template);
}

function pathProblems(template: Template, profile: Shaped): Problem[] {
  const paths = new Set(placeholdersOf(template).map(({ path }) => path));
  const unknown = [...paths].filter((path) => !profile.isTemplatePath(path));
  return unknown.map((path) =>
    problem(`"${path}" is no variable of the ${profile.name} profile; valid are ${profile.templatePaths.join(", ")}`),
  );
}

function sampleProblems(template: Template): Problem[] {
  for (const sample of SAMPLES) {
    const rendered = renderTemplate(template, () => sample);
    if (!rendered.ok)
      return [problem(`grows beyond ${rendered.error.limit} characters once its variables are filled in`)];
    const reason = template.form === "json" ? notJson(rendered.value) : undefined;
    if (reason !== undefined) {
      return [
        problem(
          `is no JSON once its variables are filled in (${reason}); a variable outside quotes becomes a JSON value, ` +
            "and a body that is not JSON needs a Content-Type header that says so",
        ),
      ];
    }
  }
  return [];
}

function notJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function problem(message: string): Problem {
  return { field: FIELD, message };
}
