import { defineStrings } from "./define";

/** The tab of a webhook with the calls that wait. */
export const blockedWords = defineStrings({
  en: {
    blocked: "Blocked calls",
    blockedText: "The event in front was tried and not taken. Later events of the call are queued behind it.",
    noBlocked: "No call waits here",
    noBlockedText: "A call appears here when an event of it was tried and not taken. Its later events wait behind.",
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
    nextTry: (when: string) => `next try ${when}`,
    nextAtOnce: "the next try is now",
    notWhileResting: "not tried while the webhook is paused or off",
    waitsForDecision: "waits for a decision",
    sentence: (first: string, second: string) => `${first}; ${second}.`,
  },
  es: {
    blocked: "Llamadas bloqueadas",
    blockedText:
      "El evento que está al frente se intentó y no fue aceptado. Los siguientes de la llamada esperan en cola detrás.",
    noBlocked: "Ninguna llamada espera aquí",
    noBlockedText:
      "Una llamada aparece aquí cuando un evento suyo se intentó y no fue aceptado. Los siguientes esperan detrás.",
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
    nextTry: (when: string) => `próximo intento: ${when}`,
    nextAtOnce: "el próximo intento es ahora",
    notWhileResting: "no se intenta mientras el webhook está en pausa o apagado",
    waitsForDecision: "espera una decisión",
    sentence: (first: string, second: string) => `${first}; ${second}.`,
  },
});
