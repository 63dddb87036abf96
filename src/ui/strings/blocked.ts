import { defineStrings } from "./define";

/** The tab of a webhook with the calls that wait. */
export const blockedWords = defineStrings({
  en: {
    blocked: "Blocked calls",
    blockedText:
      "The event in front was not taken, or is not tried for now: its row says why. Later events of the call are queued behind it.",
    noBlocked: "No call waits here",
    noBlockedText:
      "A call appears here when an event of it was tried and not taken, or is not tried because the webhook rests or its receiver fails. Its later events wait behind.",
    noMoreBlocked: "No more calls wait",
    blockedUnknown: "What waits could not be read",
    blockedUnknownText: "Load the page again in a moment.",
    waitsSince: "Waits since",
    queued: "Queued behind",
    fromOldest: "Oldest",
    newerBlocked: "Newer",
    triedAndAnswered: (count: string, status: string | null) => {
      const times = count === "1" ? "Tried once" : `Tried ${count} times`;
      return status === null ? `${times}, no answer` : `${times}, last answer ${status}`;
    },
    untried: "Not tried yet",
    onlyProbed: "the receiver fails all the time, so it is only tried now and then",
    nextTry: (when: string) => `next try ${when}`,
    nextAtOnce: "the next try is now",
    notWhileResting: "not tried while the webhook is paused or off",
    waitsForDecision: "waits for a decision",
    pausedByPerson: "paused by a person: waits for a decision",
    sentence: (first: string, second: string) => `${first}; ${second}.`,
  },
  es: {
    blocked: "Llamadas bloqueadas",
    blockedText:
      "El evento que está al frente no fue aceptado, o por ahora no se intenta: su fila dice por qué. Los siguientes de la llamada esperan en cola detrás.",
    noBlocked: "Ninguna llamada espera aquí",
    noBlockedText:
      "Una llamada aparece aquí cuando un evento suyo se intentó y no fue aceptado, o no se intenta porque el webhook está en pausa o apagado, o su receptor falla. Los siguientes esperan detrás.",
    noMoreBlocked: "No hay más llamadas en espera",
    blockedUnknown: "No se pudo leer lo que espera",
    blockedUnknownText: "Vuelva a cargar la página en un momento.",
    waitsSince: "Espera desde",
    queued: "En cola detrás",
    fromOldest: "Las más antiguas",
    newerBlocked: "Más recientes",
    triedAndAnswered: (count: string, status: string | null) => {
      const times = count === "1" ? "1 intento" : `${count} intentos`;
      return status === null ? `${times}, sin respuesta` : `${times}, última respuesta ${status}`;
    },
    untried: "Todavía sin intentos",
    onlyProbed: "el receptor falla siempre, así que solo se intenta de vez en cuando",
    nextTry: (when: string) => `próximo intento: ${when}`,
    nextAtOnce: "el próximo intento es ahora",
    notWhileResting: "no se intenta mientras el webhook está en pausa o apagado",
    waitsForDecision: "espera una decisión",
    pausedByPerson: "en pausa por una persona: espera una decisión",
    sentence: (first: string, second: string) => `${first}; ${second}.`,
  },
});
