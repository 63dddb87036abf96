import { defineStrings } from "./define";

/** What language models say of a call from its words. */
export const aboutWords = defineStrings({
  en: {
    restsOn: "What it rests on",
    failed: "Not everything that was asked for",
    positive: "Positive",
    neutral: "Neutral",
    negative: "Negative",
    noEvidence: "No evidence",
    sentiment: "Sentiment of the words",
    topics: "Topics",
  },
  es: {
    restsOn: "En qué se basa",
    failed: "No hay todo lo que se pidió",
    positive: "Positivo",
    neutral: "Neutro",
    negative: "Negativo",
    noEvidence: "Sin indicios",
    sentiment: "Sentimiento de las palabras",
    topics: "Temas",
  },
});
