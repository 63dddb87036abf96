import { analysisFailures } from "./analyses";
import type { Explained, Explanations } from "./explained";

const SENT_AGAIN = "Ask it about the call again; Settings › Engines tries it alone.";
const ASK_LATER = "Ask it about the call again later.";
const SENT_AGAIN_ES = "Consúltelo otra vez sobre la llamada; en Ajustes › Motores se prueba solo.";
const ASK_LATER_ES = "Consúltelo otra vez más tarde sobre la llamada.";

const EN = {
  down: ["Likely the engine's server is down or cannot be reached.", SENT_AGAIN],
  timeout: ["Likely the engine's server is overloaded.", ASK_LATER],
  busy: ["Likely too much was asked at once, or the account has no more to spend.", ASK_LATER],
  refused: ["Likely its address, its key or its account is wrong.", "Correct it in Settings › Engines."],
  bad_request: ["Likely the model is misspelt, or does not take this.", "Compare it in Settings › Engines."],
  bad_answer: ["Likely the model does not keep to the form asked for.", "Choose another model, or ask it again."],
  too_large: ["What was said, or the answer, is longer than is taken.", "Choose a model that takes more."],
  unknown_model: ["The engine is no longer set to this model.", "Choose another model."],
  spend_cap: ["The limit of this month for engines is reached.", "Raise it in Settings › Engines, then ask again."],
  not_run: ["The analysis was ended without it.", ASK_LATER],
  not_decoded: ["The recording could not be read, so that no engine heard it.", "See why in its analysis."],
  no_transcript: ["No engine has words of this call.", "Have it transcribed first."],
  no_times: ["Only the platform has words of it, without times.", "Have it transcribed."],
  no_channel: ["None of these scores is of a party that may be scored here.", "Choose others, or another call."],
  being_redacted: ["The recording is held back until it is redacted.", "See why its redaction failed."],
  gave_up: ["Likely this deployment was stopped meanwhile.", "Ask for it again."],
} as const satisfies Record<string, Explained>;

const ES: Record<keyof typeof EN, Explained> = {
  down: ["Probablemente el servidor del motor está caído o no se llega a él.", SENT_AGAIN_ES],
  timeout: ["Probablemente el servidor del motor está sobrecargado.", ASK_LATER_ES],
  busy: ["Probablemente se pidió demasiado a la vez, o la cuenta no tiene más saldo.", ASK_LATER_ES],
  refused: ["Probablemente su dirección, su clave o su cuenta está mal.", "Corríjala en Ajustes › Motores."],
  bad_request: ["Probablemente el modelo está mal escrito o no acepta esto.", "Compárelo en Ajustes › Motores."],
  bad_answer: ["Probablemente el modelo no respeta la forma pedida.", "Elija otro modelo o consúltelo otra vez."],
  too_large: ["Lo que se dijo, o la respuesta, es más largo de lo que se acepta.", "Elija un modelo que acepte más."],
  unknown_model: ["El motor ya no tiene este modelo.", "Elija otro modelo."],
  spend_cap: ["Se alcanzó el límite de este mes para motores.", "Súbalo en Ajustes › Motores y consulte otra vez."],
  not_run: ["El análisis terminó sin él.", ASK_LATER_ES],
  not_decoded: ["La grabación no se pudo leer, así que ningún motor la oyó.", "Vea el motivo en su análisis."],
  no_transcript: ["Ningún motor tiene palabras de esta llamada.", "Haga que se transcriba primero."],
  no_times: ["Solo la plataforma tiene sus palabras, sin tiempos.", "Haga que se transcriba."],
  no_channel: ["Ninguna de estas puntuaciones es de una parte que aquí se puntúe.", "Elija otras, u otra llamada."],
  being_redacted: ["La grabación se retiene hasta que se tache.", "Vea por qué falló el tachado."],
  gave_up: ["Probablemente esta instalación estuvo detenida entretanto.", "Pídalo otra vez."],
};

/** Why one engine gave nothing of a call, by the code that its reason begins with. */
export const engineFailures: Explanations<string> = {
  en: { ...analysisFailures.en, ...EN },
  es: { ...analysisFailures.es, ...ES },
};

const AGAIN = "Then have the action done again.";
const AGAIN_ES = "Después haga que la acción se repita.";

/** Why a post-call action failed. `http`: the answer of its server. What an engine was asked has the engine's codes. */
export const actionFailures: Explanations<string> = {
  en: {
    ...engineFailures.en,
    http: ["Likely a fault in the server, or its address is wrong.", AGAIN],
    down: ["Likely its server is down or cannot be reached.", AGAIN],
    timeout: ["Likely its server works before it answers.", "Let it answer first, and work then."],
    blocked: ["Its address is not public, and requests go to public ones only.", "Enter a public address."],
    gone: ["What it needs was deleted, turned off or changed meanwhile.", "Look at the action in the campaign."],
    mail: ["Likely the mail server did not take the letters.", AGAIN],
    refused: ["What it is to do is not possible any more.", "Look at the action in the campaign."],
  },
  es: {
    ...engineFailures.es,
    http: ["Probablemente una falla del servidor, o su dirección está mal.", AGAIN_ES],
    down: ["Probablemente su servidor está caído o no se llega a él.", AGAIN_ES],
    timeout: ["Probablemente su servidor trabaja antes de responder.", "Haga que responda primero y después trabaje."],
    blocked: ["Su dirección no es pública, y solo se envía a direcciones públicas.", "Escriba una pública."],
    gone: ["Lo que necesita se borró, se apagó o cambió entretanto.", "Mire la acción en la campaña."],
    mail: ["Probablemente el servidor de correo no aceptó los correos.", AGAIN_ES],
    refused: ["Lo que debe hacer ya no es posible.", "Mire la acción en la campaña."],
  },
};
