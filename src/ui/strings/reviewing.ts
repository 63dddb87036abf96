import { numberText } from "../../lib/written-number";
import { defineStrings, type Words } from "./define";

/** How calls come to reviewers: the rules of a campaign, and the people who are given calls. */
export const reviewingWords = defineStrings({
  en: {
    tab: "Reviewers",
    title: "How calls come to reviewers",
    queue: "Whoever takes it from the queue",
    round_robin: "Each in turn",
    load: "Who has the fewest open tasks",
    expertise: "Who knows most about it",
    assign: "Who is given a call",
    assignHint: "Of those who are equal it is whoever waits longest for a turn.",
    people: "Chosen from",
    peopleHint: "None: the members of the team that has the task. Who is away is passed over.",
    nobody: "Nobody may review yet.",
    knows: "Knows",
    knowsOf: (name: string) => `What ${name} knows`,
    knowsHint: "Words with commas between, compared with a call's tags, operator, direction and campaign's language.",
    other: "Others, by their ids",
    otherHint: "API keys, one a line.",
    sample: "Which calls",
    percent: "Of a hundred calls",
    percentHint: "Drawn by chance. Empty: all that nothing else leaves out.",
    perOperator: "Of one operator in a week, at most",
    riskFrom: "In any case with a risk from",
    scores: "In any case with these scores",
    scoresHint: "One a line, such as Stress>=70 or Satisfaction<=2.",
    others: "The other calls",
    othersQueue: "stay in the queue",
    othersClose: "are closed without a review",
    due: "Due after hours",
    opinions: "Several reviews of a call",
    wanted: "People who review each call",
    wantedHint: "One after the other; each by somebody else.",
    spread: "Points that their scores may differ by",
    rule: "Score of the call",
    mean: "Mean of those who agree",
    median: "Median of those who agree",
    lowest: "Lowest of those who agree",
    apart: "Where they do not agree",
    another: "One more person reviews it, then somebody decides",
    handUp: "Somebody decides at once",
    openReviews: "They see what the others found before they are done",
    sentenceOpinions: (count: string, points: string) => `by ${count} people within ${points} points`,
    sentenceBlind: "blind",
    sentenceProposed: "with what engines propose",
    sentenceNoEngines: "without what engines answer",
    waiting: "Also for calls that wait in the queue now",
    save: "Save",
    saved: "Saved. It holds for calls from now on.",
    badScore: (line: string) => `“${line}” is not a score with a bound.`,
    sentenceAll: "Every call is reviewed",
    sentencePercent: (percent: string) => `${percent}% of calls are reviewed`,
    sentencePerOperator: (count: string) => `at most ${count} of an operator in a week`,
    sentenceRisk: (risk: string) => `any with a risk from ${risk}`,
    sentenceScores: (scores: string) => `any with ${scores}`,
    sentenceQueue: "by whoever takes it",
    sentenceTurn: "by each reviewer in turn",
    sentenceLoad: "by who has the fewest open tasks",
    sentenceExpertise: "by who knows most about it",
    sentenceDue: (hours: string) => `within ${hours} hours`,
    reviewers: "Reviewers",
    reviewersText: "Who may review, what is theirs, and who is away.",
    reviewersNone: "Nobody may review yet",
    reviewersNoneText: "Invite somebody as a reviewer or supervisor.",
    person: "Person",
    open: "Open",
    overdue: "Late",
    here: "here",
    awayUntil: (day: string) => `away until ${day}`,
    away: "away",
    state: "State",
    setAway: "Away",
    until: "Until",
    untilHint: "Empty: until further notice.",
    handOn: "Hand on what they have not begun",
    isAway: "They are given nothing by rules.",
    back: "Back",
    isBack: "They are given calls again.",
    setAwayTitle: "Somebody is away",
  },
  es: {
    tab: "Evaluadores",
    title: "Cómo llegan las llamadas a los evaluadores",
    queue: "Quien la tome de la cola",
    round_robin: "Cada quien por turno",
    load: "Quien tenga menos tareas abiertas",
    expertise: "Quien más sepa del tema",
    assign: "A quién se le asigna una llamada",
    assignHint: "Entre iguales, a quien lleva más tiempo sin turno.",
    people: "Se elige entre",
    peopleHint: "Nadie: los miembros del equipo que tiene la tarea. Se omite a quien está ausente.",
    nobody: "Nadie puede evaluar todavía.",
    knows: "Temas que conoce",
    knowsOf: (name: string) => `De qué sabe ${name}`,
    knowsHint:
      "Palabras separadas por comas; se comparan con las etiquetas de una llamada, su operador, su sentido y el idioma de la campaña.",
    other: "Otros, por su id",
    otherHint: "Claves de API, una por línea.",
    sample: "Qué llamadas",
    percent: "De cada cien llamadas",
    percentHint: "Al azar. Vacío: todas las que nada más excluya.",
    perOperator: "De un operador por semana, como máximo",
    riskFrom: "En todo caso con un riesgo desde",
    scores: "En todo caso con estos puntajes",
    scoresHint: "Uno por línea, como Stress>=70 o Satisfaction<=2.",
    others: "Las demás llamadas",
    othersQueue: "quedan en la cola",
    othersClose: "se cierran sin evaluación",
    due: "Vence después de horas",
    opinions: "Varias evaluaciones de una llamada",
    wanted: "Personas que evalúan cada llamada",
    wantedHint: "Una después de otra; cada vez alguien distinto.",
    spread: "Puntos que pueden diferir sus puntajes",
    rule: "Puntaje de la llamada",
    mean: "Promedio de quienes coinciden",
    median: "Mediana de quienes coinciden",
    lowest: "El más bajo de quienes coinciden",
    apart: "Cuando no coinciden",
    another: "Una persona más la evalúa, después alguien decide",
    handUp: "Alguien decide de inmediato",
    openReviews: "Ven lo que encontraron los demás antes de terminar",
    sentenceOpinions: (count: string, points: string) => `por ${count} personas dentro de ${points} puntos`,
    sentenceBlind: "a ciegas",
    sentenceProposed: "con lo que proponen los motores",
    sentenceNoEngines: "sin lo que responden los motores",
    waiting: "También para las llamadas que esperan ahora en la cola",
    save: "Guardar",
    saved: "Guardado. Vale para las llamadas desde ahora.",
    badScore: (line: string) => `“${line}” no es un puntaje con un límite.`,
    sentenceAll: "Se evalúa cada llamada",
    sentencePercent: (percent: string) => `Se evalúa el ${percent} % de las llamadas`,
    sentencePerOperator: (count: string) => `como máximo ${count} de un operador por semana`,
    sentenceRisk: (risk: string) => `toda la que tenga un riesgo desde ${risk}`,
    sentenceScores: (scores: string) => `toda la que tenga ${scores}`,
    sentenceQueue: "por quien la tome",
    sentenceTurn: "por cada evaluador en su turno",
    sentenceLoad: "por quien tenga menos tareas abiertas",
    sentenceExpertise: "por quien más sepa del tema",
    sentenceDue: (hours: string) => `dentro de ${hours} horas`,
    reviewers: "Evaluadores",
    reviewersText: "Quién puede evaluar, qué tiene asignado y quién está ausente.",
    reviewersNone: "Nadie puede evaluar todavía",
    reviewersNoneText: "Invite a alguien como evaluador o supervisor.",
    person: "Persona",
    open: "Abiertas",
    overdue: "Vencidas",
    here: "presente",
    awayUntil: (day: string) => `ausente hasta el ${day}`,
    away: "ausente",
    state: "Estado",
    setAway: "Ausente",
    until: "Hasta",
    untilHint: "Vacío: hasta nuevo aviso.",
    handOn: "Pasar a otros lo que no ha empezado",
    isAway: "Las reglas no le asignan nada.",
    back: "Volvió",
    isBack: "Vuelve a recibir llamadas.",
    setAwayTitle: "Alguien está ausente",
  },
});

type Rules = {
  assign: "queue" | "round_robin" | "load" | "expertise";
  sample: {
    percent?: number | undefined;
    per_operator_a_week?: number | undefined;
    risk_from?: number | undefined;
    scores?: readonly { name: string; from?: number | undefined; to?: number | undefined }[] | undefined;
  } | null;
  due_hours: number | null;
  opinions: { wanted: number; max_spread: number; blind: boolean } | null;
  engine_answers?: "after" | "before" | "off" | undefined;
};

/** Rules as one sentence; `number` writes numbers as they are read. */
export function sentenceOfReviewing(
  words: Words<typeof reviewingWords>,
  { assign, sample, due_hours: hours, opinions, engine_answers: engines }: Rules,
  number: (value: number) => string,
): string {
  const by = {
    queue: words.sentenceQueue,
    round_robin: words.sentenceTurn,
    load: words.sentenceLoad,
    expertise: words.sentenceExpertise,
  }[assign];
  const { percent, per_operator_a_week: week, risk_from: risk, scores = [] } = sample ?? {};
  const draws = sample === null || percent !== undefined || week !== undefined;
  const parts = [
    draws && (percent === undefined ? words.sentenceAll : words.sentencePercent(number(percent))),
    week !== undefined && words.sentencePerOperator(number(week)),
    risk !== undefined && words.sentenceRisk(number(risk)),
    scores.length > 0 && words.sentenceScores(scores.map(scoreText).join(", ")),
    by,
    opinions !== null && words.sentenceOpinions(number(opinions.wanted), number(opinions.max_spread)),
    opinions?.blind === true && words.sentenceBlind,
    hours !== null && words.sentenceDue(number(hours)),
    engines === "before" && words.sentenceProposed,
    engines === "off" && words.sentenceNoEngines,
  ].filter((part) => part !== false);
  const text = `${parts.join(", ")}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A named score with its bounds, as it is written in a line. */
export function scoreText({ name, from, to }: { name: string; from?: number | undefined; to?: number | undefined }) {
  const bounds = [from !== undefined && `>=${numberText(from)}`, to !== undefined && `<=${numberText(to)}`].filter(
    (one) => one !== false,
  );
  return `${name}${bounds.join("")}`;
}
