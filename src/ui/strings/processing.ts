import { defineStrings, type Words } from "./define";

/** What is done with a call by itself, campaign by campaign and source by source. */
export const processingWords = defineStrings({
  en: {
    tab: "Processing",
    ofCampaign: "All calls of the campaign",
    ofSource: (name: string) => `Calls of ${name}`,
    sentence: (parts: string) => `${parts}.`,
    analysed: "Each recording is analysed",
    analysedBy: (engine: string) => `Each recording is analysed and transcribed by ${engine}`,
    notAnalysed: "Recordings are not analysed by themselves",
    team: (name: string) => `its task goes to the team ${name}`,
    noTeam: "its task goes to no team",
    notify: "people are notified when a call is done",
    quiet: "nobody is notified when a call is done",
    autoAnalyze: "Analyse each recording",
    transcriptionEngine: "Transcribed by",
    engineHint: "“whisper” is the Whisper that runs here; without one, the first engine with OpenAI's API.",
    assignToTeam: "Team that gets the tasks",
    teamHint: "By name; empty for none. It need not be there yet.",
    teamHintInherits: "By name; empty as the campaign, - for none. It need not be there yet.",
    notifyOnComplete: "Notify people when a call is done",
    inherited: "as the campaign",
    yes: "yes",
    no: "no",
    none: "none",
    unknownEngine: (name: string) => `${name} (not there)`,
    save: "Save",
    saved: "Saved. It holds for calls from now on.",
    sources: "Sources with rules of their own",
    sourcesText: "What is set for a source counts before what is set for the campaign.",
    sourcesNone: "No source has rules of its own.",
    source: "Source",
    addSource: "Rules for one source",
    open: "Open",
    what: "What happens",
    unknownTeamWarning: "There is no team of this name: tasks are made without one.",
    unknownEngineWarning: "There is no engine of this name: nothing is transcribed until there is one.",
    otherEngines: (names: string) => `Also heard by ${names}: see the campaign's configuration.`,
    tryTitle: "Try on a past call",
    tryText: "What these rules would do with a call that is there. Nothing is changed.",
    call: "Call",
    callHint: "Its id, as call_…",
    try: "Try",
    callUnknown: "There is no such call.",
    tried: "What would happen",
    was: "What happened",
    analysis: "Analysis",
    task: "Task's team",
    notification: "Notification",
    decidedBy: "Decided by",
    given: "what was entered",
    bySource: "the source's rules",
    byCampaign: "the campaign's rules",
    noRecording: "no: the recording is not here",
    unassigned: "no: the call has no campaign yet",
    byEngines: (names: string) => `by ${names}`,
  },
  es: {
    tab: "Procesamiento",
    ofCampaign: "Todas las llamadas de la campaña",
    ofSource: (name: string) => `Llamadas de ${name}`,
    sentence: (parts: string) => `${parts}.`,
    analysed: "Cada grabación se analiza",
    analysedBy: (engine: string) => `Cada grabación se analiza y la transcribe ${engine}`,
    notAnalysed: "Las grabaciones no se analizan por sí solas",
    team: (name: string) => `su tarea va al equipo ${name}`,
    noTeam: "su tarea no va a ningún equipo",
    notify: "se notifica cuando una llamada está lista",
    quiet: "no se notifica cuando una llamada está lista",
    autoAnalyze: "Analizar cada grabación",
    transcriptionEngine: "La transcribe",
    engineHint: "“whisper” es el Whisper que se ejecuta aquí; si no hay, el primer motor con la API de OpenAI.",
    assignToTeam: "Equipo que recibe las tareas",
    teamHint: "Por nombre; vacío, ninguno. Puede no existir todavía.",
    teamHintInherits: "Por nombre; vacío, como la campaña; -, ninguno. Puede no existir todavía.",
    notifyOnComplete: "Notificar cuando una llamada está lista",
    inherited: "como la campaña",
    yes: "sí",
    no: "no",
    none: "ninguno",
    unknownEngine: (name: string) => `${name} (no está)`,
    save: "Guardar",
    saved: "Guardado. Vale para las llamadas desde ahora.",
    sources: "Fuentes con reglas propias",
    sourcesText: "Lo que se fija para una fuente vale antes que lo de la campaña.",
    sourcesNone: "Ninguna fuente tiene reglas propias.",
    source: "Fuente",
    addSource: "Reglas para una fuente",
    open: "Abrir",
    what: "Qué ocurre",
    unknownTeamWarning: "No hay ningún equipo con este nombre: las tareas se crean sin equipo.",
    unknownEngineWarning: "No hay ningún motor con este nombre: nada se transcribe hasta que lo haya.",
    otherEngines: (names: string) => `También la oyen ${names}: vea la configuración de la campaña.`,
    tryTitle: "Probar con una llamada pasada",
    tryText: "Qué harían estas reglas con una llamada que ya está. No se cambia nada.",
    call: "Llamada",
    callHint: "Su id, como call_…",
    try: "Probar",
    callUnknown: "No existe esa llamada.",
    tried: "Qué ocurriría",
    was: "Qué ocurrió",
    analysis: "Análisis",
    task: "Equipo de la tarea",
    notification: "Notificación",
    decidedBy: "Lo decide",
    given: "lo que se indicó",
    bySource: "las reglas de la fuente",
    byCampaign: "las reglas de la campaña",
    noRecording: "no: la grabación no está aquí",
    unassigned: "no: la llamada todavía no tiene campaña",
    byEngines: (names: string) => `por ${names}`,
  },
});

type Rules = {
  autoAnalyze: boolean;
  transcriptionEngine: string | null;
  assignToTeam: string | null;
  notifyOnComplete: boolean;
};

/** Rules as one sentence. */
export function sentenceOfProcessing(words: Words<typeof processingWords>, rules: Rules): string {
  const { autoAnalyze, transcriptionEngine, assignToTeam, notifyOnComplete } = rules;
  const analysis = !autoAnalyze
    ? words.notAnalysed
    : transcriptionEngine === null
      ? words.analysed
      : words.analysedBy(transcriptionEngine);
  const team = assignToTeam === null ? words.noTeam : words.team(assignToTeam);
  return words.sentence([analysis, team, notifyOnComplete ? words.notify : words.quiet].join("; "));
}
