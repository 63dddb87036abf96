import { defineStrings } from "./define";

/** What engines answered to a scorecard, and what people changed after that. */
export const engineAnswerWords = defineStrings({
  en: {
    says: (engine: string, answer: string) => `${engine}: ${answer}`,
    conditions: "Conditions",
    play: "Play from there",
    reason: "Why you answer otherwise, if you change it now",
    changed: (from: string) => `was ${from}`,
    fromEngine: "proposed by an engine",
    ownBefore: "before the engine's answer was shown",
    title: "Answers of engines",
    after: "Shown after a person has answered",
    before: "Proposed before",
    off: "Not shown",
    hint: "For criteria that a scorecard links to engines. A call that is reviewed blind has none proposed.",
  },
  es: {
    says: (engine: string, answer: string) => `Según ${engine}: ${answer}`,
    conditions: "las condiciones",
    play: "Reproducir desde ahí",
    reason: "Por qué responde otra cosa, si lo cambia ahora",
    changed: (from: string) => `era ${from}`,
    fromEngine: "propuesta de un motor",
    ownBefore: "antes de ver la respuesta del motor",
    title: "Respuestas de los motores",
    after: "Se muestran después de que una persona responde",
    before: "Se proponen antes",
    off: "No se muestran",
    hint: "Para los criterios que una pauta de evaluación vincula con motores. Una llamada que se evalúa a ciegas no tiene propuestas.",
  },
});
