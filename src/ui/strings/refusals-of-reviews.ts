import type { Refusal } from "./refusals-of-actions";

/** What is refused of reviews, of tags and comments, and of what engines answer. */
export const REFUSALS_OF_REVIEWS: readonly Refusal[] = [
  ["a call has at most {} tags", "una llamada tiene como máximo {} etiquetas"],
  ["A call has at most {} comments.", "Una llamada tiene como máximo {} comentarios."],
  ["The comment was changed meanwhile.", "El comentario se cambió mientras tanto."],
  ["Only who wrote a comment changes it.", "Solo quien escribió un comentario lo cambia."],
  ["must name a finished review of this call", "debe nombrar una evaluación terminada de esta llamada"],
  [
    "must name a comment of this call that you may read",
    "debe nombrar un comentario de esta llamada que usted pueda leer",
  ],
  [
    "names @{}, as several are called: write the address of their mail",
    "nombra a @{}, y varias personas se llaman así: escriba la dirección de correo",
  ],
  ["names more than {} people", "nombra a más de {} personas"],
  ["names @{}, and nobody of that name may read it", "nombra a @{}, y nadie con ese nombre puede leerlo"],
  ["by a score answers a `scale`, and no other", "por un puntaje responde a una escala, y a ninguna otra"],
  [
    "by conditions answers what has answers to choose from",
    "por condiciones responde a lo que tiene respuestas para elegir",
  ],
  ["must answer with an answer to the criterion", "debe responder con una respuesta al criterio"],
  ["must be phrases, measures and scores", "deben ser frases, medidas y puntajes"],
  ["has to say why", "debe decir por qué"],
  [
    "The call is not given to you, and only who may give calls to reviewers chooses one.",
    "La llamada no está asignada a usted, y solo elige una quien puede asignarlas.",
  ],
  [
    "No published scorecard is for the campaign of this call.",
    "Ninguna pauta publicada es para la campaña de esta llamada.",
  ],
  [
    "Somebody else has this call now, or its review is over. What you answered is kept.",
    "Otra persona tiene ahora esta llamada, o su evaluación terminó. Lo que respondió queda guardado.",
  ],
  ["The call has been reviewed already.", "La llamada ya fue evaluada."],
  ["They have reviewed the call already.", "Esa persona ya evaluó la llamada."],
  ["Somebody is reviewing the call now.", "Alguien está evaluando la llamada ahora."],
  ["The task is closed. Open it again first.", "La tarea está cerrada. Reábrala primero."],
  ["does not reach the campaign of the call", "no alcanza la campaña de la llamada"],
  ["Only a completed review can be returned.", "Solo se puede devolver una evaluación terminada."],
  [
    "The review is not in progress: it was submitted, skipped or given to somebody else.",
    "La evaluación no está en curso: se envió, se saltó o se asignó a otra persona.",
  ],
  ["It is too late to take the review back.", "Ya no se puede recuperar la evaluación."],
  ["has to be answered", "debe responderse"],
  ["The call was reviewed at the same time. Read it again.", "La llamada se evaluó al mismo tiempo. Vuelva a leerla."],
  [
    "There is nothing to decide: its reviewers are not apart, or somebody is still to review it.",
    "No hay nada que decidir: sus evaluadores coinciden, o alguien todavía debe evaluarla.",
  ],
  ["A call has at most {} reviews.", "Una llamada tiene como máximo {} evaluaciones."],
  [
    "Its reviewers have come to something already. Who chooses reviewers can ask for one more.",
    "Sus evaluadores ya llegaron a un resultado. Quien asigna puede pedir una evaluación más.",
  ],
  ["names no completed review of the call", "no nombra una evaluación terminada de la llamada"],
];
