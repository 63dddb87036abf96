import { defineStrings } from "./define";

/** What was said on a call, as an engine understood it. */
export const transcriptWords = defineStrings({
  en: {
    title: "Transcript",
    operator: "Operator",
    customer: "Customer",
    unknown: "Speaker",
    by: (engine: string) => `by ${engine}`,
    search: "Search in this transcript",
    found: (count: string) => `${count} found`,
    gaps: (count: string) => `${count} parts could not be transcribed`,
    pending: (engine: string) => `${engine} is transcribing this call.`,
    failed: (engine: string) => `${engine} could not transcribe this call`,
    silent: "Nothing was said that the engine understood.",
    cut: (count: string) => `The first ${count} parts. The API has all of it.`,
  },
  es: {
    title: "Transcripción",
    operator: "Operador",
    customer: "Cliente",
    unknown: "Hablante",
    by: (engine: string) => `de ${engine}`,
    search: "Buscar en esta transcripción",
    found: (count: string) => `${count} encontrados`,
    gaps: (count: string) => `${count} partes no se pudieron transcribir`,
    pending: (engine: string) => `${engine} está transcribiendo esta llamada.`,
    failed: (engine: string) => `${engine} no pudo transcribir esta llamada`,
    silent: "No se dijo nada que el motor entendiera.",
    cut: (count: string) => `Las primeras ${count} partes. La API las tiene todas.`,
  },
});
