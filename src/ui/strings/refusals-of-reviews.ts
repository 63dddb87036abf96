import type { Refusal } from "./refusals-of-actions";

/** What is refused of tags and comments, and of what engines answer. */
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
];
