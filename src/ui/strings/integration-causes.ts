import type { Language } from "../language";
import { defineStrings, wordsOf } from "./define";

/** What is wrong with an integration, in one place for pages and the API. */
const causes = defineStrings({
  en: {
    source_never: "Nothing has come yet.",
    source_quiet: "Nothing has come in the last 24 hours.",
    source_paused: "It is paused: what comes is kept and makes no calls.",
    source_secret: "Notices are refused: the platform and this source have different secrets or accounts.",
    source_unsigned: "Notices are refused: they are not signed as the platform signs.",
    source_key: "Notices are refused: their API key is missing, unknown or not for this source.",
    source_clock: "Notices are refused: their signed time is too far from now.",
    source_body: "Notices are refused: their body is not as the platform sends it.",
    source_too_many: "Notices are refused: too many came at once (429).",
    source_campaign: "Calls wait because no campaign is named for them.",
    source_failed: "Processing failed on our side.",
    source_refused: "Most of what came lately was refused.",
    endpoint_never: "Nothing was sent to it yet.",
    endpoint_paused: "It is paused: events wait in order.",
    endpoint_off: "It is switched off and gets no events.",
    endpoint_gone: "It was switched off because the receiver answered 410 Gone.",
    endpoint_switched_off: "It was switched off because everything had failed for days.",
    endpoint_unreachable: "Events do not reach it: the receiver cannot be reached at this address.",
    endpoint_certificate: "Events do not reach it: the receiver's certificate is not valid.",
    endpoint_slow: "Events do not reach it: the receiver answers too late.",
    endpoint_signature: "Events do not reach it: the receiver refuses their signature.",
    endpoint_refuses: "Events do not reach it: the receiver refuses the request or its body.",
    endpoint_throttles: "Events do not reach it: the receiver wants fewer requests (429).",
    endpoint_broken: "Events do not reach it: the receiver itself fails.",
    endpoint_failing: "Events do not reach it: every attempt fails.",
    api_never: "No program has asked the API in the last 24 hours.",
    api_limited: "Requests were answered 429 Too Many Requests.",
    api_failing: "Most requests of the last two hours failed on our side.",
  },
  es: {
    source_never: "Todavía no llegó nada.",
    source_quiet: "No llegó nada en las últimas 24 horas.",
    source_paused: "Está en pausa: lo que llega se guarda y no crea llamadas.",
    source_secret: "Los avisos se rechazan: la plataforma y esta fuente tienen secretos o cuentas diferentes.",
    source_unsigned: "Los avisos se rechazan: no están firmados como firma la plataforma.",
    source_key: "Los avisos se rechazan: su clave de API falta, no se conoce o no es para esta fuente.",
    source_clock: "Los avisos se rechazan: su hora firmada está demasiado lejos de ahora.",
    source_body: "Los avisos se rechazan: su cuerpo no es como lo envía la plataforma.",
    source_too_many: "Los avisos se rechazan: llegaron demasiados a la vez (429).",
    source_campaign: "Hay llamadas que esperan porque no se nombra su campaña.",
    source_failed: "El procesamiento falló de nuestro lado.",
    source_refused: "La mayor parte de lo que llegó últimamente se rechazó.",
    endpoint_never: "Todavía no se le envió nada.",
    endpoint_paused: "Está en pausa: los eventos esperan en orden.",
    endpoint_off: "Está apagado y no recibe eventos.",
    endpoint_gone: "Se apagó porque el receptor respondió 410 Gone.",
    endpoint_switched_off: "Se apagó porque todo había fallado durante días.",
    endpoint_unreachable: "Los eventos no le llegan: no se llega al receptor en esta dirección.",
    endpoint_certificate: "Los eventos no le llegan: el certificado del receptor no es válido.",
    endpoint_slow: "Los eventos no le llegan: el receptor responde demasiado tarde.",
    endpoint_signature: "Los eventos no le llegan: el receptor rechaza su firma.",
    endpoint_refuses: "Los eventos no le llegan: el receptor rechaza la solicitud o su cuerpo.",
    endpoint_throttles: "Los eventos no le llegan: el receptor quiere menos solicitudes (429).",
    endpoint_broken: "Los eventos no le llegan: el receptor mismo falla.",
    endpoint_failing: "Los eventos no le llegan: cada intento falla.",
    api_never: "Ningún programa consultó la API en las últimas 24 horas.",
    api_limited: "Hubo solicitudes que se respondieron 429 Too Many Requests.",
    api_failing: "La mayoría de las solicitudes de las últimas dos horas falló de nuestro lado.",
  },
});

/** What to do about it. */
const remedies = defineStrings({
  en: {
    source_never: "Set the platform up as the source's guide says, then make a call.",
    source_quiet:
      "If there were calls, look whether the platform still sends to this address, and what it was answered.",
    source_paused: "Resume it, then replay what came meanwhile.",
    source_secret: "Rotate the source's secret to the platform's, or paste the source's there; compare the account.",
    source_unsigned: "Check that the platform's secret is set, and who sends this.",
    source_key: "Make an API key for this source and put it in the platform's X-API-Key header.",
    source_clock: "Set the sender's clock, and look whether something holds its requests back.",
    source_body: "Compare the platform's template and content type with the source's guide.",
    source_too_many: "Let the platform wait longer after each 429, spread its requests, or make a second source.",
    source_campaign: "Choose the campaign of the calls that wait, and give the source one for the next.",
    source_failed: "Replay them from the inbound log. If they fail again, it is a fault to report.",
    source_refused: "The inbound log has each refusal with its reason.",
    endpoint_never: "Send a test event.",
    endpoint_paused: "Resume it when the receiver is ready.",
    endpoint_off: "Switch it on to have events sent again.",
    endpoint_gone: "Enter the receiver's new address, send a test event, and switch it on.",
    endpoint_switched_off: "Repair the receiver, send a test event, and switch it on.",
    endpoint_unreachable:
      "Check that the address is right and publicly accessible: its name, its path, and firewalls before it.",
    endpoint_certificate: "Check that its certificate is valid, complete and for this name.",
    endpoint_slow: "Let the receiver store the event and answer within 5 seconds, and work on it afterwards.",
    endpoint_signature:
      "Compare the receiver's secret with the webhook's, and check its signature verification with a test event.",
    endpoint_refuses: "Look at its answer in the delivery log, and at the format and method of the webhook.",
    endpoint_throttles: "Set a limit of requests a second on the webhook.",
    endpoint_broken: "Look into the receiver's own log. Events wait and are sent again.",
    endpoint_failing: "Look at the last answer in the delivery log, and send a test event.",
    api_never: "Nothing has to be done.",
    api_limited:
      "Wait longer after each 429 (Retry-After), use bulk operations, keep what does not change, or ask for a larger plan.",
    api_failing: "Try again with growing waits. The admin's log has each failure by its request id.",
  },
  es: {
    source_never: "Configure la plataforma como dice la guía de la fuente y haga una llamada.",
    source_quiet: "Si hubo llamadas, mire si la plataforma todavía envía a esta dirección y qué se le respondió.",
    source_paused: "Reanúdela y procese otra vez lo que llegó mientras tanto.",
    source_secret:
      "Rote el secreto de la fuente al de la plataforma, o pegue allí el de la fuente; compare también la cuenta.",
    source_unsigned: "Compruebe que el secreto de la plataforma está puesto, y quién envía esto.",
    source_key: "Cree una clave de API para esta fuente y póngala en el encabezado X-API-Key de la plataforma.",
    source_clock: "Ponga en hora el reloj del remitente y mire si algo retiene sus solicitudes.",
    source_body: "Compare la plantilla y el tipo de contenido de la plataforma con la guía de la fuente.",
    source_too_many: "Que la plataforma espere más tras cada 429, reparta sus solicitudes, o cree una segunda fuente.",
    source_campaign: "Elija la campaña de las llamadas que esperan y dele una a la fuente para las próximas.",
    source_failed: "Procéselos otra vez desde el registro de entrada. Si fallan de nuevo, es una falla para reportar.",
    source_refused: "El registro de entrada tiene cada rechazo con su motivo.",
    endpoint_never: "Envíe un evento de prueba.",
    endpoint_paused: "Reanúdelo cuando el receptor esté listo.",
    endpoint_off: "Enciéndalo para que se le envíen eventos otra vez.",
    endpoint_gone: "Escriba la dirección nueva del receptor, envíe un evento de prueba y enciéndalo.",
    endpoint_switched_off: "Repare el receptor, envíe un evento de prueba y enciéndalo.",
    endpoint_unreachable:
      "Compruebe que la dirección es correcta y pública: su nombre, su ruta y los firewalls que tenga delante.",
    endpoint_certificate: "Compruebe que su certificado es válido, completo y de este nombre.",
    endpoint_slow: "Que el receptor guarde el evento, responda en 5 segundos y trabaje después.",
    endpoint_signature:
      "Compare el secreto del receptor con el del webhook y pruebe su verificación de la firma con un evento de prueba.",
    endpoint_refuses: "Mire su respuesta en el registro de entregas, y el formato y el método del webhook.",
    endpoint_throttles: "Ponga en el webhook un límite de solicitudes por segundo.",
    endpoint_broken: "Mire el registro propio del receptor. Los eventos esperan y se envían otra vez.",
    endpoint_failing: "Mire la última respuesta en el registro de entregas y envíe un evento de prueba.",
    api_never: "No hay que hacer nada.",
    api_limited:
      "Espere más tras cada 429 (Retry-After), use operaciones en lote, guarde lo que no cambia, o pida un plan mayor.",
    api_failing: "Pruebe otra vez con esperas crecientes. El registro del administrador tiene cada falla por su id.",
  },
});

type Cause = keyof typeof causes.en;

export function causeText(cause: Cause, language: Language): string {
  return wordsOf(causes, language)[cause];
}

export function remedyText(cause: Cause, language: Language): string {
  return wordsOf(remedies, language)[cause];
}
