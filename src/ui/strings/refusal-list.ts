import { REFUSALS_OF_ACTIONS, type Refusal } from "./refusals-of-actions";
import { REFUSALS_OF_ENGINES } from "./refusals-of-engines";
import { REFUSALS_OF_NOTICES } from "./refusals-of-notices";
import { REFUSALS_OF_VALUES } from "./refusals-of-values";
import { REFUSALS_OF_STORAGES } from "./refusals-of-storages";
import { REFUSALS_OF_REVIEWS } from "./refusals-of-reviews";
import { REFUSALS_OF_FAILURES } from "./refusals-of-failures";
import { REFUSALS_OF_PEOPLE } from "./refusals-of-people";

/**
 * What functions refuse with, and the same in Spanish: the English sentence is its key, `{}` stands for a value. Values are
 * named in the order of the English one, or by number where Spanish has another.
 */
export const REFUSALS: readonly Refusal[] = [
  ...REFUSALS_OF_ACTIONS,
  ...REFUSALS_OF_ENGINES,
  ...REFUSALS_OF_NOTICES,
  ...REFUSALS_OF_STORAGES,
  ...REFUSALS_OF_REVIEWS,
  // What is erased and held.
  [
    "This call is under a legal hold: it is not erased before the hold is lifted.",
    "Esta llamada está bajo una retención legal: no se borra antes de que se levante.",
  ],
  [
    "This number is under a legal hold: it is not erased before the hold is lifted.",
    "Este número está bajo una retención legal: no se borra antes de que se levante.",
  ],
  ["This call is being erased already.", "Esta llamada ya se está borrando."],
  ["An organization has at most {} legal holds.", "Una organización tiene como máximo {} retenciones legales."],
  ["An organization has at most {} rules.", "Una organización tiene como máximo {} reglas."],
  ["The rule was changed at the same time. Read it again.", "La regla se cambió al mismo tiempo. Vuelva a leerla."],
  ["The alert was changed at the same time. Read it again.", "La alerta se cambió al mismo tiempo. Vuelva a leerla."],
  ["a false alarm needs a reason", "una falsa alarma necesita un motivo"],
  ["is for a false alarm only", "es solo para una falsa alarma"],
  [
    "names nobody of this organization who may see to this alert",
    "no nombra a nadie de esta organización que pueda atender esta alerta",
  ],
  ["This is for whoever reaches the whole organization.", "Esto es para quien alcanza toda la organización."],
  [
    "must be a number, as the platform writes it or in E.164",
    "debe ser un número, como lo escribe la plataforma o en E.164",
  ],
  // What a job changed, taken back.
  ["Somebody has moved this call since.", "Alguien movió esta llamada después."],
  ["What this job did cannot be undone.", "Lo que hizo este cambio no se puede deshacer."],
  [
    "This job is still under way. Cancel it, or wait for its end, and undo it then.",
    "Este cambio todavía está en marcha. Cancélelo o espere a que termine, y deshágalo entonces.",
  ],
  ["This job changed nothing.", "Este cambio no modificó nada."],
  // Saved views.
  [
    "A person has at most {} views, and an organization shares at most {}.",
    "Una persona tiene como máximo {} vistas, y una organización comparte como máximo {}.",
  ],
  ["This view was changed meanwhile.", "Esta vista se cambió mientras tanto."],
  // People and second factors.
  ["The e-mail address or the password is wrong.", "El correo electrónico o la contraseña no son correctos."],
  ["The password is wrong.", "La contraseña no es correcta."],
  ["is not your password", "no es su contraseña"],
  ["You belong to no organization.", "No pertenece a ninguna organización."],
  ["The session is over. Sign in again.", "La sesión terminó. Inicie sesión otra vez."],
  ["This was tried too often. Try again later.", "Esto se intentó demasiadas veces. Pruebe más tarde."],
  ["Too many codes were tried. Try again later.", "Se probaron demasiados códigos. Pruebe más tarde."],
  ["The passkey was not accepted. Try again.", "La llave de acceso no se aceptó. Pruebe otra vez."],
  ["The code is wrong or used already.", "El código es incorrecto o ya se usó."],
  ["is not the app's present code", "no es el código que la aplicación muestra ahora"],
  [
    "An authenticator app is set up already. Remove it first.",
    "Ya hay una aplicación de autenticación configurada. Quítela primero.",
  ],
  ["The authenticator app is confirmed already.", "La aplicación de autenticación ya está confirmada."],
  ["The authenticator app was changed at the same time.", "La aplicación de autenticación se cambió al mismo tiempo."],
  ["This passkey is known already, or there are {}.", "Esta llave de acceso ya está, o ya hay {}."],
  ["is no answer to a challenge of the last five minutes", "no responde a una pregunta de los últimos cinco minutos"],
  [
    "Recovery codes stand in for a second factor. Set one up first.",
    "Los códigos de recuperación reemplazan a un segundo factor. Configure primero uno.",
  ],
  [
    "Set up a second factor of your own first, or you would be led away from here yourself.",
    "Configure primero un segundo factor propio, o usted mismo no podría seguir aquí.",
  ],
  [
    "No owner has a second factor yet: one of them has to set one up first.",
    "Ningún propietario tiene un segundo factor todavía: uno de ellos debe configurar uno primero.",
  ],
  [
    "There are {} test receivers already. Delete one, or wait until one ends.",
    "Ya hay {} receptores de prueba. Elimine uno o espere a que uno termine.",
  ],
  [
    "This test receiver has taken as many requests as it may.",
    "Este receptor de prueba ya recibió tantas solicitudes como puede.",
  ],
  // What an issuer answered that was asked for its keys.
  ["{} did not answer within {} seconds", "{} no contestó en {} segundos"],
  ["{} could not be reached", "no se pudo llegar a {}"],
  ["{} answered {} instead of 200", "{} contestó {} en vez de 200"],
  ["{} sent more than {} kB", "{} envió más de {} kB"],
  [
    "{} sent no key set with a public key that can be used",
    "{} no envió un conjunto de claves con una clave pública que se pueda usar",
  ],
  ["must not begin with {}, but for {}", "no debe empezar con {}, salvo {}"],
  ["must not begin with {}", "no debe empezar con {}"],
  // Webhooks and deliveries.
  ["The endpoint is not active.", "El webhook no está activo."],
  ["This delivery is {}: there is nothing to {}.", "Esta entrega ya tiene otro estado ({1}): no hay nada que hacer."],
  [
    "The endpoint is being changed by somebody else at the same time.",
    "Otra persona está cambiando el webhook al mismo tiempo.",
  ],
  [
    "The company secret is being changed by somebody else at the same time.",
    "Otra persona está cambiando el secreto de la empresa al mismo tiempo.",
  ],
  [
    "voicesense endpoints share the company secret; bring your own to that one",
    "los webhooks de voicesense comparten el secreto de la empresa; ponga ahí el suyo",
  ],
  [
    "the {} profile has no Ed25519 signature; only standard does",
    "el formato {} no tiene firma Ed25519; solo standard",
  ],
  ['"{}" is no payload version; there is {}', "«{}» no es una versión del contenido; existe {}"],
  ['is new: "{}" keeps the value of one that is stored', "es nuevo: «{}» conserva el valor de uno guardado"],
  [
    '"{}" is no event the {} profile speaks of; valid are *, a prefix such as {}, and {}',
    "«{}» no es un evento del formato {}; valen *, un prefijo como {}, y {}",
  ],
  [
    "stays {}: a receiver and its secret are made for it; make another endpoint",
    "sigue siendo {}: el receptor y su secreto se hicieron para él; cree otro webhook",
  ],
  ["must be a whole number from 1 to {}", "debe ser un número entero de 1 a {}"],
  [
    'must be 1 with ordering "endpoint": several objects have no common order',
    "debe ser 1 con el orden «endpoint»: varios objetos no tienen un orden común",
  ],
  ["must not be more than {}", "no deben ser más de {}"],
  ["must be JSON: without a template the body is", "debe ser JSON: sin plantilla el cuerpo lo es"],
  // Operators and calls.
  ["This operator is merged into {}. Undo that first.", "Este operador está unido a {}. Deshágalo primero."],
  [
    "{} is merged into this operator, or this one was merged just now.",
    "{} está unido a este operador, o este se acaba de unir.",
  ],
  ["This operator is not merged into anybody.", "Este operador no está unido a nadie."],
  [
    "Somebody else changed this operator at the same time. Try again.",
    "Otra persona cambió este operador al mismo tiempo. Pruebe otra vez.",
  ],
  ["is no operator of this organization", "no es un operador de esta organización"],
  ["is this very operator", "es este mismo operador"],
  // Sources and uploads.
  ["is not known here", "no se conoce aquí"],
  ["is required", "es obligatorio"],
  ["must be 1 to 200 characters", "debe tener de 1 a 200 caracteres"],
  ["are not used: {} is never asked for anything", "no se usan: a {} nunca se le pide nada"],
  [
    "is not used: this platform proves itself with an API key",
    "no se usa: esta plataforma se identifica con una clave de API",
  ],
  ["is required: {} shows it as {}", "es obligatorio: {} lo muestra como {}"],
  [
    "The source of a shared path cannot be deleted: pause it, or revoke the API key its notices come with.",
    "La fuente de una ruta compartida no se puede borrar: páusela o revoque la clave de API de sus avisos.",
  ],
  [
    "This source has no secret: its platform proves itself with an API key.",
    "Esta fuente no tiene secreto: su plataforma se identifica con una clave de API.",
  ],
  ["The secret was changed by somebody else at the same time.", "Otra persona cambió el secreto al mismo tiempo."],
  ["The source is being changed by others. Try again.", "Otros están cambiando la fuente. Pruebe otra vez."],
  [
    "must be given again with {}: they would be sent to the new address",
    "se deben dar otra vez con {}: se enviarían a la dirección nueva",
  ],
  ["{} has no list of calls to compare with.", "{} no tiene una lista de llamadas con que comparar."],
  [
    "The source has no credentials to ask its platform with.",
    "La fuente no tiene credenciales para preguntar a su plataforma.",
  ],
  [
    "Set settings.{} first: without it {}'s list cannot be compared with our calls.",
    "Configure primero settings.{} en los ajustes: sin eso la lista de {} no se puede comparar con nuestras llamadas.",
  ],
  [
    "The source is paused: what is found missing would be turned away.",
    "La fuente está en pausa: lo que falte se rechazaría.",
  ],
  ["must be after from", "debe ser posterior al comienzo"],
  ["must not be in the future", "no debe estar en el futuro"],
  ["must be at most 31 days before until", "debe ser como máximo 31 días antes del fin"],
  ["The upload is complete: it became the call {}.", "La carga está completa: es la llamada {}."],
  ["{} uploads are open: end one of them, or give one up.", "Hay {} cargas abiertas: termine una o déjela."],
  ["an empty file is no recording", "un archivo vacío no es una grabación"],
  ["The source is paused: resume it first.", "La fuente está en pausa: reanúdela primero."],
  // Scorecards.
  ["An organization has at most {} scorecards.", "Una organización tiene como máximo {} pautas de evaluación."],
  [
    "The scorecard was changed at the same time. Read it again.",
    "La pauta de evaluación se cambió al mismo tiempo. Léala otra vez.",
  ],
  [
    "The scorecard has no draft. Change it first: that begins one.",
    "La pauta no tiene borrador. Cámbiela primero: eso comienza uno.",
  ],
  ["is used twice", "se usa dos veces"],
  ["must have at most {} criteria together", "debe tener como máximo {} criterios en total"],
  ["must have a criterion that counts", "debe tener un criterio que cuente"],
  ["is what a `scale` has, and no other", "es propio de una escala, y de ninguna otra"],
  ["is what a `choice` has, and no other", "es propio de las opciones, y de ninguna otra"],
  ["has two options with one id", "tiene dos opciones con un mismo id"],
  ["must have one with points", "debe tener una con puntos"],
  ["`text` cannot be failed", "una observación no puede fallar"],
  ["must name a criterion that stands before", "debe nombrar un criterio anterior"],
  ["must name answers of that criterion", "debe nombrar respuestas de ese criterio"],
  // Storages and connectors.
  [
    "must be the address of the storage alone, as in https://s3.amazonaws.com",
    "debe ser solo la dirección del almacenamiento, como https://s3.amazonaws.com",
  ],
  ["must be the name of a bucket", "debe ser el nombre de un bucket"],
  ["must be a folder", "debe ser una carpeta"],
  ["must not lead out of its folder", "no debe salir de su carpeta"],
  ["must be the name or the address of a server alone", "debe ser solo el nombre o la dirección de un servidor"],
  [
    "must be a host key's fingerprint, as in ssh-ed25519 SHA256:…",
    "debe ser la huella de una clave de host, como ssh-ed25519 SHA256:…",
  ],
  [
    "must begin with a slash where the import path does, and only there",
    "debe empezar con una barra si la ruta de importación lo hace, y solo entonces",
  ],
  ["is needed, or a private key", "hace falta, o una clave privada"],
  [
    "is no private key that can be read: paste the whole file, from BEGIN to END",
    "no es una clave privada legible: pegue el archivo entero, de BEGIN a END",
  ],
  ["is needed: the key is protected by one", "hace falta: la clave está protegida con una"],
  ["does not open the key", "no abre la clave"],
  ["must be an Ed25519 or an RSA key", "debe ser una clave Ed25519 o RSA"],
  ["must have at least 2,048 bits", "debe tener al menos 2.048 bits"],
  [
    "must not be the import path, or lie inside it: files would be found again",
    "no debe ser la ruta de importación ni estar dentro de ella: los archivos se encontrarían otra vez",
  ],
  ["is compared with the name of a file, without its folder", "se compara con el nombre de un archivo, sin su carpeta"],
  [
    "must name at least one field in braces, each once",
    "debe nombrar al menos un campo entre llaves, cada uno una vez",
  ],
  ["must be {} to {} seconds", "debe ser de {} a {} segundos"],
  ["An organization has at most {} connectors.", "Una organización tiene como máximo {} conectores."],
  ["The connector is paused: resume it.", "El conector está en pausa: reanúdelo."],
  ...REFUSALS_OF_FAILURES,
  ...REFUSALS_OF_PEOPLE,
  // The last: they fit what another list says more exactly.
  ...REFUSALS_OF_VALUES,
];
