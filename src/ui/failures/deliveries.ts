import type { Explanations } from "./explained";

type Code =
  | "secret_changed"
  | "wrong_secret"
  | "forbidden"
  | "wrong_path"
  | "method_refused"
  | "body_refused"
  | "too_large"
  | "throttled"
  | "receiver_broken"
  | "receiver_down"
  | "connection_refused"
  | "connection_closed"
  | "plain_http"
  | "slow"
  | "no_name"
  | "bad_certificate"
  | "redirects"
  | "not_public"
  | "own_template"
  | "gone"
  | "unknown"
  | "failing"
  | "off"
  | "undelivered"
  | "slow_answers";

/** What is wrong with a webhook, or with one attempt of a delivery. */
export const deliveryFailures: Explanations<Code> = {
  en: {
    secret_changed: [
      "Likely because its secret was replaced lately and the receiver still holds the old one.",
      "Give the receiver the new secret, then check a signature.",
    ],
    wrong_secret: ["Likely because the receiver holds another secret.", "Compare both secrets and check a signature."],
    forbidden: [
      "Likely a firewall or an access rule in front of the receiver.",
      "Let requests of this deployment through there.",
    ],
    wrong_path: ["Likely the path of the Delivery URL is wrong.", "Compare it with the receiver's own route."],
    method_refused: ["Likely the receiver wants the other Request Type.", "Change it in the settings."],
    body_refused: [
      "Likely the receiver expects another body.",
      "Look at its answer, and choose another format or template.",
    ],
    too_large: [
      "Likely the receiver takes only smaller bodies.",
      "Raise its limit, or leave fields out with a template.",
    ],
    throttled: ["Likely too many requests at once.", "Set a limit of requests a second in the settings."],
    receiver_broken: ["Likely a fault in the receiver.", "Its own log says more."],
    receiver_down: ["Likely the receiver is down.", "Start it again; what waits is then sent by itself."],
    connection_refused: [
      "Likely the receiver is not running, or listens on another port.",
      "Start it, or correct the port in the Delivery URL.",
    ],
    connection_closed: [
      "Likely the receiver or a proxy before it breaks off.",
      "Look at the log of the server that takes its connections.",
    ],
    plain_http: ["Likely the server speaks plain HTTP on this port.", "Set up TLS there, or use the port that has it."],
    slow: [
      "Likely the receiver works before it answers.",
      "Let it store the event, answer, and work then; or allow more time in the settings.",
    ],
    no_name: ["Likely the host name is misspelt or its DNS entry is gone.", "Correct the Delivery URL or the DNS."],
    bad_certificate: [
      "Likely its certificate ran out, is self-signed or is for another name.",
      "Renew the receiver's certificate.",
    ],
    redirects: ["Likely the Delivery URL has moved.", "Enter the new one: redirects are not followed."],
    not_public: ["Its address is not public, and requests go to public ones only.", "Enter a public Delivery URL."],
    own_template: [
      "Likely the Body Template makes no valid body for this event.",
      "Preview it with an event of this type and correct it.",
    ],
    gone: ["The receiver answered 410 Gone, which asks for no more events.", "Turn it on again where that was wrong."],
    unknown: ["The cause is not known.", "The answer in its deliveries says more."],
    failing: [
      "Every delivery had failed for so long that it was switched off.",
      "Send a test, then turn it on again: what waits is sent.",
    ],
    off: ["A person switched it off.", "Turn it on to send events again."],
    undelivered: [
      "Likely more comes than it takes, and its queue is full.",
      "What waits here is offered again by itself; see what keeps the receiver.",
    ],
    slow_answers: [
      "Likely the receiver works before it answers.",
      "Its platform asks for an answer within 5 seconds: let it store, answer, and work then.",
    ],
  },
  es: {
    secret_changed: [
      "Probablemente porque su secreto se reemplazó hace poco y el receptor todavía tiene el anterior.",
      "Dé al receptor el secreto nuevo y compruebe una firma.",
    ],
    wrong_secret: [
      "Probablemente porque el receptor tiene otro secreto.",
      "Compare los dos secretos y compruebe una firma.",
    ],
    forbidden: [
      "Probablemente un firewall o una regla de acceso delante del receptor.",
      "Deje pasar allí las solicitudes de esta instalación.",
    ],
    wrong_path: ["Probablemente la ruta de la URL de entrega está mal.", "Compárela con la ruta del propio receptor."],
    method_refused: ["Probablemente el receptor quiere el otro tipo de solicitud.", "Cámbielo en la configuración."],
    body_refused: [
      "Probablemente el receptor espera otro cuerpo.",
      "Mire su respuesta y elija otro formato u otra plantilla.",
    ],
    too_large: [
      "Probablemente el receptor solo acepta cuerpos más chicos.",
      "Suba su límite, o deje campos fuera con una plantilla.",
    ],
    throttled: [
      "Probablemente demasiadas solicitudes a la vez.",
      "Ponga en la configuración un límite de solicitudes por segundo.",
    ],
    receiver_broken: ["Probablemente una falla del receptor.", "Su propio registro dice más."],
    receiver_down: [
      "Probablemente el receptor está caído.",
      "Vuelva a iniciarlo; lo que espera se envía entonces por sí solo.",
    ],
    connection_refused: [
      "Probablemente el receptor no está en marcha, o escucha en otro puerto.",
      "Inícielo, o corrija el puerto en la URL de entrega.",
    ],
    connection_closed: [
      "Probablemente el receptor o un proxy delante de él corta la conexión.",
      "Mire el registro del servidor que acepta sus conexiones.",
    ],
    plain_http: [
      "Probablemente el servidor habla HTTP sin cifrar en este puerto.",
      "Configure TLS allí, o use el puerto que lo tiene.",
    ],
    slow: [
      "Probablemente el receptor trabaja antes de responder.",
      "Haga que guarde el evento, responda y después trabaje; o permita más tiempo en la configuración.",
    ],
    no_name: [
      "Probablemente el nombre del host está mal escrito o su entrada DNS ya no existe.",
      "Corrija la URL de entrega o el DNS.",
    ],
    bad_certificate: [
      "Probablemente su certificado venció, está autofirmado o es de otro nombre.",
      "Renueve el certificado del receptor.",
    ],
    redirects: ["Probablemente la URL de entrega se mudó.", "Escriba la nueva: no se siguen redirecciones."],
    not_public: [
      "Su dirección no es pública, y solo se envía a direcciones públicas.",
      "Escriba una URL de entrega pública.",
    ],
    own_template: [
      "Probablemente la plantilla del cuerpo no da un cuerpo válido para este evento.",
      "Véala con un evento de este tipo y corríjala.",
    ],
    gone: [
      "El receptor respondió 410 Gone, que pide no recibir más eventos.",
      "Enciéndalo otra vez si eso fue un error.",
    ],
    unknown: ["No se conoce la causa.", "La respuesta en sus entregas dice más."],
    failing: [
      "Cada entrega había fallado por tanto tiempo que se apagó.",
      "Envíe una prueba y enciéndalo otra vez: lo que espera se envía.",
    ],
    off: ["Lo apagó una persona.", "Enciéndalo para enviar eventos otra vez."],
    undelivered: [
      "Probablemente llega más de lo que acepta, y su cola está llena.",
      "Lo que espera aquí se ofrece otra vez por sí solo; vea qué detiene al receptor.",
    ],
    slow_answers: [
      "Probablemente el receptor trabaja antes de responder.",
      "Su plataforma pide una respuesta en 5 segundos: haga que guarde, responda y después trabaje.",
    ],
  },
};

export type DeliveryCode = Code;
