/** The texts of guides (guide-list.ts) of uploads and of net2phone to Zoom. */
export const GUIDES_I_TO_Z: readonly (readonly [english: string, spanish: string])[] = [
  // Uploads.
  ["Choose the external id", "Elija el id externo"],
  [
    "Your own id of the call: uploading the same file under it again doubles nothing.",
    "El id propio de la llamada: cargar otra vez el mismo archivo con él no duplica nada.",
  ],
  ["Upload", "Cargue"],
  [
    "Run one of the snippets. The answer names the call and its task.",
    "Ejecute uno de los ejemplos. La respuesta nombra la llamada y su tarea.",
  ],
  ["Look", "Mire"],
  [
    "The call, its recording and its task appear within seconds; `GET /v1/uploads` lists uploads.",
    "La llamada, su grabación y su tarea aparecen en segundos; `GET /v1/uploads` lista las cargas.",
  ],
  ["Upload one recording", "Cargue una grabación"],
  ["The audio as the body", "El audio como cuerpo"],
  ["Resumable, from JavaScript (tus-js-client)", "Con reanudación, desde JavaScript (tus-js-client)"],
  // net2phone.
  [
    "At app.net2phone.com open Settings > API > Webhook and add one with the URL and the events.",
    "En app.net2phone.com abra Settings > API > Webhook y agregue uno con la URL y los eventos.",
  ],
  [
    "Copy the webhook's secret and rotate this source's secret to it.",
    "Copie el secreto del webhook y cambie por él el de esta fuente.",
  ],
  [
    "Set the source's credential `api_key`. Without it recordings that need a download link cannot be fetched.",
    "Configure la credencial `api_key` de la fuente. Sin ella no se pueden buscar las grabaciones que necesitan un enlace de descarga.",
  ],
  ["Give Trunkline the secret and the API key", "Dé a Trunkline el secreto y la clave de API"],
  // RingCentral.
  ["Make the subscription", "Cree la suscripción"],
  [
    "RingCentral asks at the address at once; the answer to that is automatic.",
    "RingCentral pregunta enseguida en la dirección; la respuesta es automática.",
  ],
  ["Give Trunkline credentials", "Dé credenciales a Trunkline"],
  [
    'Without them no recording can be fetched. `{"access_token": "…"}` does too, where something else renews it.',
    'Sin ellas no se puede buscar ninguna grabación. También sirve `{"access_token": "…"}`, si otra cosa lo renueva.',
  ],
  ["Expect recordings", "Espere grabaciones"],
  [
    "Set `expect_recordings` if the filter has `withRecordings=true`, or if notices name no recording.",
    "Active `expect_recordings` si el filtro tiene `withRecordings=true`, o si los avisos no nombran ninguna grabación.",
  ],
  ["Renew", "Renueve"],
  [
    "A subscription ends at its `expirationTime`: renew it before (`POST /subscription/{id}/renew`).",
    "Una suscripción termina en su `expirationTime`: renuévela antes (`POST /subscription/{id}/renew`).",
  ],
  ["Give Trunkline the app's credentials", "Dé a Trunkline las credenciales de la aplicación"],
  // Standard Webhooks.
  ["Add it as a webhook endpoint in your system.", "Agréguela como endpoint de webhooks en su sistema."],
  // Telnyx.
  [
    "Rotate this source's secret to the public key, unless it was made with it.",
    "Cambie el secreto de esta fuente por la clave pública, si no se creó con ella.",
  ],
  ["Webhook", "Webhook"],
  [
    "Voice > Voice API applications > your application: set the webhook URL, API v2.",
    "Voice > Voice API applications > su aplicación: ponga la URL del webhook, API v2.",
  ],
  ["TeXML", "TeXML"],
  [
    "Voice > TeXML applications > your application: set the status callback to the URL, POST; and recordingStatusCallback wherever a recording starts.",
    "Voice > TeXML applications > su aplicación: ponga la URL en status callback, POST; y en recordingStatusCallback donde empiece una grabación.",
  ],
  [
    "Have your application start recordings, or turn on call recording for the outbound profile or number.",
    "Haga que su aplicación empiece las grabaciones, o active la grabación de llamadas del perfil saliente o del número.",
  ],
  [
    "Give this source api_key and set recording_links to `api`: a fresh link is then asked for at each try. Else a recording is lost that cannot be fetched within ten minutes. Links in `public_recording_urls` do not die and go before the others.",
    "Dé api_key a esta fuente y ponga recording_links en `api`: así se pide un enlace nuevo en cada intento. Si no, se pierde la grabación que no se puede buscar en diez minutos. Los enlaces de `public_recording_urls` no vencen y van antes que los otros.",
  ],
  [
    "Make a recorded call of ten seconds and look into the inbound log.",
    "Haga una llamada grabada de diez segundos y mire el registro de entrada.",
  ],
  ["Start recording a call that was answered", "Empiece a grabar una llamada contestada"],
  ["TeXML: record a call that is put through", "TeXML: grabe una llamada que se transfiere"],
  // Twilio.
  [
    "Rotate this source's secret to the Auth Token, unless it was made with it.",
    "Cambie el secreto de esta fuente por el Auth Token, si no se creó con él.",
  ],
  [
    'Give this source account_sid with auth_token, or with api_key_sid and api_key_secret: `PATCH /v1/sources/{id}` with `{"credentials": {"account_sid": "AC…", "auth_token": "…"}}`.',
    'Dé a esta fuente account_sid con auth_token, o con api_key_sid y api_key_secret: `PATCH /v1/sources/{id}` con `{"credentials": {"account_sid": "AC…", "auth_token": "…"}}`.',
  ],
  [
    'Phone Numbers > your number > Voice: set "Call status changes" to the URL, HTTP POST.',
    'Phone Numbers > su número > Voice: ponga la URL en "Call status changes", HTTP POST.',
  ],
  [
    "Where your TwiML or API calls start a recording, set recordingStatusCallback to the URL.",
    "Donde su TwiML o sus llamadas a la API empiecen una grabación, ponga la URL en recordingStatusCallback.",
  ],
  ["Twilio's transcripts", "Las transcripciones de Twilio"],
  [
    "Where `<Record>` has `transcribe`, set transcribeCallback to the URL.",
    "Donde `<Record>` tenga `transcribe`, ponga la URL en transcribeCallback.",
  ],
  ["TwiML: record a call that is put through", "TwiML: grabe una llamada que se transfiere"],
  ["API: make a recorded call", "API: haga una llamada grabada"],
  // Voicesense.
  ["Create the webhook", "Cree el webhook"],
  [
    "Open Company Operator > Webhooks, choose Create, fill in the Delivery URL and save.",
    "Abra Company Operator > Webhooks, elija Create, complete la Delivery URL y guarde.",
  ],
  [
    "Copy the signing secret of the Webhooks page and rotate this source's secret to it.",
    "Copie el secreto de firma de la página Webhooks y cambie por él el de esta fuente.",
  ],
  ["Analyse a file", "Analice un archivo"],
  [
    "Let Voicesense analyse an audio file and look into the inbound log.",
    "Haga que Voicesense analice un archivo de audio y mire el registro de entrada.",
  ],
  [
    "Body Template, if you customise it: these four under these names, and what else you like",
    "Body Template, si lo adapta: estos cuatro con estos nombres, y lo demás que quiera",
  ],
  // Vonage.
  [
    "Rotate this source's secret to the account's signature secret, unless it was made with it.",
    "Cambie el secreto de esta fuente por el secreto de firma de la cuenta, si no se creó con él.",
  ],
  [
    "Give this source application_id and private_key: recordings are not public. Without `jq`: the key is one JSON string, with `\\n` for its line ends.",
    "Dé a esta fuente application_id y private_key: las grabaciones no son públicas. Sin `jq`: la clave es un solo texto JSON, con `\\n` en cada fin de línea.",
  ],
  [
    "Applications > your application > Voice: set the Event URL to the address, POST, and turn on signed webhooks.",
    "Applications > su aplicación > Voice: ponga la dirección en Event URL, POST, y active los webhooks firmados.",
  ],
  [
    "In your NCCO set the eventUrl of each record action to the same address.",
    "En su NCCO ponga la misma dirección en el eventUrl de cada acción record.",
  ],
  ["NCCO: record a call that is put through", "NCCO: grabe una llamada que se transfiere"],
  ["Give Trunkline the application's key", "Dé a Trunkline la clave de la aplicación"],
  // Voqo.
  ["Open Developer Tools", "Abra Developer Tools"],
  ["The link is in the footer of the Voqo dashboard.", "El enlace está al pie del panel de Voqo."],
  ["Create a webhook secret", "Cree un secreto de webhook"],
  [
    "Paste the address as HTTPS endpoint URL, save, and copy the secret.",
    "Pegue la dirección como HTTPS endpoint URL, guarde y copie el secreto.",
  ],
  ["Rotate this source's secret to the one you copied.", "Cambie el secreto de esta fuente por el que copió."],
  // Zoom.
  ["Make the app", "Cree la aplicación"],
  [
    "Server-to-Server OAuth, with the scopes above. Activate it.",
    "Server-to-Server OAuth, con los permisos de arriba. Actívela.",
  ],
  ["Give Trunkline its credentials", "Dé a Trunkline sus credenciales"],
  [
    "Account ID, client ID and client secret: recordings are fetched and missed calls found with them.",
    "Account ID, client ID y client secret: con ellos se buscan las grabaciones y se encuentran las llamadas que faltan.",
  ],
  ["Subscribe to events", "Suscríbase a los eventos"],
  [
    "Under Feature: add the subscription with the address and events above, and press Validate. The answer to that is automatic, also every 72 hours when Zoom asks again.",
    "En Feature: agregue la suscripción con la dirección y los eventos de arriba, y pulse Validate. La respuesta es automática, también cada 72 horas, cuando Zoom vuelve a preguntar.",
  ],
  [
    "Give Trunkline the Secret Token and the app's access",
    "Dé a Trunkline el Secret Token y el acceso de la aplicación",
  ],
];
