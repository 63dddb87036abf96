import { pseudo } from "../strings/define";
import type { Explained, Explanations } from "./explained";
import {
  failureOfEndpoint,
  failureOfSource,
  type EndpointTrouble,
  type ExplainProblem,
  type SourceVerdict,
} from "./failures-of";
import { sentenceOf, type Manner } from "./sentence";

type Code =
  | "endpoint_never"
  | "endpoint_paused"
  | "storage_never"
  | "storage_paused"
  | "api_never"
  | "api_limited"
  | "api_failing";

/** What has not begun, rests, or is the API: cause and remedy where there is no failure to explain. */
const states: Explanations<Code> = {
  en: {
    endpoint_never: ["Nothing was sent to it yet.", "Send a test event."],
    endpoint_paused: ["It is paused: events wait in order.", "Resume it when the receiver is ready."],
    storage_never: ["It was not looked into since it was made or changed.", "The next look begins within a minute."],
    storage_paused: ["It is paused: files stay in the storage.", "Resume it to take them in."],
    api_never: ["No program has asked the API in the last 24 hours.", "Nothing has to be done."],
    api_limited: [
      "Requests were answered 429 Too Many Requests.",
      "Wait longer after each 429 (Retry-After), use bulk operations, keep what does not change, or ask for a larger plan.",
    ],
    api_failing: [
      "Most requests of the last two hours failed on our side.",
      "Try again with growing waits. The admin's log has each failure by its request id.",
    ],
  },
  es: {
    endpoint_never: ["Todavía no se le envió nada.", "Envíe un evento de prueba."],
    endpoint_paused: ["Está en pausa: los eventos esperan en orden.", "Reanúdelo cuando el receptor esté listo."],
    storage_never: [
      "No se consultó desde que se creó o se cambió.",
      "La próxima consulta empieza en menos de un minuto.",
    ],
    storage_paused: ["Está en pausa: los archivos quedan en el almacenamiento.", "Reanúdelo para importarlos."],
    api_never: ["Ningún programa consultó la API en las últimas 24 horas.", "No hay que hacer nada."],
    api_limited: [
      "Hubo solicitudes que se respondieron 429 Too Many Requests.",
      "Espere más tras cada 429 (Retry-After), use operaciones en lote, guarde lo que no cambia, o pida un plan mayor.",
    ],
    api_failing: [
      "La mayoría de las solicitudes de las últimas dos horas falló de nuestro lado.",
      "Pruebe otra vez con esperas crecientes. El registro del administrador tiene cada falla por su id.",
    ],
  },
};

/** An integration as the core has it. `trouble`: what its cause was found in. */
type IntegrationState = {
  name: string;
  cause: string | null;
  trouble:
    | ({ of: "source" } & SourceVerdict)
    | ({ of: "endpoint" } & EndpointTrouble)
    | { of: "connector"; code: string }
    | null;
};

/** What is wrong with an integration and what to do about it, in the words of every other place; null where all is well. */
export function sentenceOfIntegration(
  { name, cause, trouble }: IntegrationState,
  explainProblem: ExplainProblem,
  manner: Manner,
): { what: string; next: string } | null {
  if (cause === null) return null;
  const failure =
    trouble?.of === "source"
      ? failureOfSource(name, trouble)
      : trouble?.of === "endpoint"
        ? failureOfEndpoint(trouble)
        : undefined;
  if (failure) {
    const { what, likely, next } = sentenceOf(failure, manner);
    return { what: `${what} ${likely}`, next };
  }
  const language = manner.language === "es" ? "es" : "en";
  const problem = trouble?.of === "connector" ? explainProblem(trouble.code, language) : undefined;
  const known = states[language] as Readonly<Record<string, Explained>>;
  const [what, next] = problem ? [problem.cause, problem.remedy] : (known[cause] ?? [cause, ""]);
  return manner.language === "pseudo" ? { what: pseudo(what), next: pseudo(next) } : { what, next };
}
