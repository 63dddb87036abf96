export type Refusal = readonly [english: string, spanish: string];

/** What is refused of post-call actions. */
export const REFUSALS_OF_ACTIONS: readonly Refusal[] = [
  [
    "The actions were changed at the same time. Read them again.",
    "Las acciones se cambiaron al mismo tiempo. Vuelva a leerlas.",
  ],
  [
    "The actions of this call are at work. Try again when they have ended.",
    "Las acciones de esta llamada están en curso. Pruebe otra vez cuando hayan terminado.",
  ],
  ["No action of this call has failed.", "No falló ninguna acción de esta llamada."],
  ["The call has no open task.", "La llamada no tiene una tarea abierta."],
  ["is the name of another action", "es el nombre de otra acción"],
  ["names no action of this campaign", "no nombra ninguna acción de esta campaña"],
  [
    "names no action before this one that asks an engine",
    "no nombra ninguna acción anterior que le pregunte a un motor",
  ],
  ["names no team of this organization", "no nombra ningún equipo de esta organización"],
  ["names no endpoint of this organization", "no nombra ningún webhook de esta organización"],
  ["names no member of this organization", "no nombra a ningún miembro de esta organización"],
  ["names no AI model of this organization", "no nombra ningún modelo de IA de esta organización"],
];
