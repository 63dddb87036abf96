import { defineStrings } from "./define";

/** What is wrong with a webhook, in one sentence, and what it likely means. */
export const causeWords = defineStrings({
  en: {
    answers: (status: string) => `Answers ${status} to every delivery.`,
    noAnswer: "Gives no answer to any delivery.",
    fails: "Every delivery fails.",
    offGone: (since: string) => `Switched off since ${since}: it answered 410 Gone, so it asked for no more events.`,
    offFailing: (since: string) => `Switched off since ${since}: every delivery had failed for too long.`,
    offByPerson: "Switched off. It gets no events.",
    waits: (count: string) =>
      count === "1"
        ? "1 delivery waits, in order; nothing is lost."
        : `${count} deliveries wait, in order; nothing is lost.`,
    since: (when: string) => `Since ${when}.`,
    secret_changed: "Likely because its secret was replaced lately and the receiver still holds the old one.",
    wrong_secret: "Likely because the receiver holds another secret.",
    forbidden: "Likely a firewall or an access rule in front of the receiver.",
    wrong_path: "Likely the path of the Delivery URL is wrong.",
    method_refused: "Likely the receiver wants the other Request Type.",
    body_refused: "Likely the receiver expects another body: look at its answer.",
    too_large: "Likely the receiver takes only smaller bodies.",
    throttled: "Likely too many requests at once: set a limit of requests a second.",
    receiver_broken: "Likely a fault in the receiver: its own log says more.",
    receiver_down: "Likely the receiver is down.",
    slow: "Likely the receiver works before it answers: it should store, answer, and work then.",
    no_name: "Likely the host name is misspelt or its DNS entry is gone.",
    bad_certificate: "Likely its certificate ran out or is for another name.",
    redirects: "Likely the Delivery URL has moved: enter the new one.",
    not_public: "The Delivery URL leads to an address that is not public.",
    own_template: "Likely the Body Template makes no valid body for this event.",
    gone: "The receiver asked for no more events.",
    unknown: "The answer below says more.",
  },
  es: {
    answers: (status: string) => `Responde ${status} a cada entrega.`,
    noAnswer: "No responde a ninguna entrega.",
    fails: "Cada entrega falla.",
    offGone: (since: string) => `Apagado desde ${since}: respondió 410 Gone, así que no quiere más eventos.`,
    offFailing: (since: string) => `Apagado desde ${since}: cada entrega había fallado por demasiado tiempo.`,
    offByPerson: "Apagado. No recibe eventos.",
    waits: (count: string) =>
      count === "1"
        ? "1 entrega espera, en orden; no se pierde nada."
        : `${count} entregas esperan, en orden; no se pierde nada.`,
    since: (when: string) => `Desde ${when}.`,
    secret_changed: "Probablemente porque su secreto se reemplazó hace poco y el receptor todavía tiene el anterior.",
    wrong_secret: "Probablemente porque el receptor tiene otro secreto.",
    forbidden: "Probablemente un firewall o una regla de acceso delante del receptor.",
    wrong_path: "Probablemente la ruta de la URL de entrega está mal.",
    method_refused: "Probablemente el receptor quiere el otro tipo de solicitud.",
    body_refused: "Probablemente el receptor espera otro cuerpo: mire su respuesta.",
    too_large: "Probablemente el receptor solo acepta cuerpos más chicos.",
    throttled: "Probablemente demasiadas solicitudes a la vez: ponga un límite por segundo.",
    receiver_broken: "Probablemente una falla del receptor: su propio registro dice más.",
    receiver_down: "Probablemente el receptor está caído.",
    slow: "Probablemente el receptor trabaja antes de responder: debería guardar, responder y después trabajar.",
    no_name: "Probablemente el nombre del host está mal escrito o su entrada DNS ya no existe.",
    bad_certificate: "Probablemente su certificado venció o es de otro nombre.",
    redirects: "Probablemente la URL de entrega se mudó: escriba la nueva.",
    not_public: "La URL de entrega lleva a una dirección que no es pública.",
    own_template: "Probablemente la plantilla del cuerpo no da un cuerpo válido para este evento.",
    gone: "El receptor no quiere más eventos.",
    unknown: "La respuesta de abajo dice más.",
  },
});
