import { defineStrings } from "./define";

/** What engines and platforms found of a call, as figures with their why. */
export const scoresWords = defineStrings({
  en: {
    title: "Scores",
    risk: "Risk",
    platform: (kind: string) => `From ${kind}`,
    indicator: "Indicator, not validated",
    noEvidence: "No evidence",
    noEvidenceOf: (count: string) => `Without evidence: ${count}`,
    outOf: (value: string, least: string, most: string) => `${value} (${least} to ${most})`,
    at: (time: string) => `at ${time}`,
    ofHundred: (score: string) => `${score} of 100`,
    high: "High",
    critical: "Critical",
    failed: "No scores",
    reviews: "Reviews on the platform",
    by: (name: string) => `by ${name}`,
    nobodySpoke: "No scores on this channel",
  },
  es: {
    title: "Puntuaciones",
    risk: "Riesgo",
    platform: (kind: string) => `De ${kind}`,
    indicator: "Indicador, sin validar",
    noEvidence: "Sin evidencia",
    noEvidenceOf: (count: string) => `Sin evidencia: ${count}`,
    outOf: (value: string, least: string, most: string) => `${value} (de ${least} a ${most})`,
    at: (time: string) => `en ${time}`,
    ofHundred: (score: string) => `${score} de 100`,
    high: "Alto",
    critical: "Crítico",
    failed: "Sin puntuaciones",
    reviews: "Revisiones en la plataforma",
    by: (name: string) => `por ${name}`,
    nobodySpoke: "Sin puntuaciones en este canal",
  },
});
