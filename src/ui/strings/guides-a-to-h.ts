/** The texts of guides (guide-list.ts) that several platforms have, and those of Aircall to HMAC. */
export const GUIDES_A_TO_H: readonly (readonly [english: string, spanish: string])[] = [
  // Of several platforms.
  ["Make the webhook", "Cree el webhook"],
  ["Call", "Llame"],
  [
    "Make a short recorded call and look into the inbound log.",
    "Haga una llamada corta y grabada, y mire el registro de entrada.",
  ],
  ["Request", "Solicitud"],
  ["Headers", "Encabezados"],
  ["Body", "Cuerpo"],
  ["Test", "Prueba"],
  ["Give Trunkline the secret", "Dé el secreto a Trunkline"],
  ["Register the webhook", "Registre el webhook"],
  ["Secret", "Secreto"],
  ["Credentials", "Credenciales"],
  ["Recordings", "Grabaciones"],
  ["Calls", "Llamadas"],
  ["Events", "Eventos"],
  ["Set the mapping", "Configure la asignación de campos"],
  ["The mapping", "La asignación de campos"],
  ["Recordings are fetched with it.", "Con ella se buscan las grabaciones."],
  ["Send a notice", "Envíe un aviso"],
  [
    "Paste this source's whsec_ secret there, or rotate this source to the one shown there.",
    "Pegue allí el secreto whsec_ de esta fuente, o cambie el de esta fuente por el que se ve allí.",
  ],
  // Aircall.
  [
    "Run the first command, or make it in the dashboard. The answer holds `token`.",
    "Ejecute el primer comando, o créelo en el panel. La respuesta trae `token`.",
  ],
  ["Give Trunkline the token", "Dé el token a Trunkline"],
  [
    "It is this source's secret: every notice carries it, and it is all the proof there is.",
    "Es el secreto de esta fuente: cada aviso lo lleva, y no hay otra prueba.",
  ],
  ["Give Trunkline the API key", "Dé la clave de API a Trunkline"],
  [
    "With it expired links are renewed and missed calls are found. Without it a recording that is not fetched within minutes is lost.",
    "Con ella se renuevan los enlaces vencidos y se encuentran las llamadas que faltan. Sin ella se pierde la grabación que no se busca en unos minutos.",
  ],
  ["Give Trunkline the token and the key", "Dé a Trunkline el token y la clave"],
  // Anura.
  ["Make an API key", "Cree una clave de API"],
  [
    "Make one under API keys that may do nothing but send notices (`notices:write`), and copy it: it is shown once.",
    "Cree una en Claves de API que solo pueda enviar avisos (`notices:write`) y cópiela: se muestra una sola vez.",
  ],
  [
    "Make one under API keys that may do nothing but upload and send notices (`uploads:write`, `notices:write`), and copy it: it is shown once.",
    "Cree una en Claves de API que solo pueda subir y enviar avisos (`uploads:write`, `notices:write`) y cópiela: se muestra una sola vez.",
  ],
  ["Add an event", "Agregue un evento"],
  [
    "In the Anura panel open Configuration > Events and use Add. Choose the END trigger; RECORDING works too, and both together are best.",
    "En el panel de Anura abra Configuración > Eventos y use Agregar. Elija el disparador END; RECORDING también sirve, y lo mejor son los dos.",
  ],
  ["Fill in the Request tab as listed.", "Complete la pestaña Solicitud como se indica."],
  [
    "Add the headers as Key / Value pairs, with your API key.",
    "Agregue los encabezados como pares Clave / Valor, con su clave de API.",
  ],
  [
    "Paste the body and replace `<YOUR_CAMPAIGN_ID>` by the campaign's number, without quotes.",
    "Pegue el cuerpo y cambie `<YOUR_CAMPAIGN_ID>` por el número de la campaña, sin comillas.",
  ],
  [
    "Paste the body. The campaign's number is filled in, without quotes.",
    "Pegue el cuerpo. El número de la campaña ya está puesto, sin comillas.",
  ],
  ["Save and call", "Guarde y llame"],
  [
    "Anura has no test button: make a short, recorded call and look for it here.",
    "Anura no tiene botón de prueba: haga una llamada corta y grabada, y búsquela aquí.",
  ],
  // Asterisk.
  ["Install the script", "Instale el script"],
  [
    "Save it, make it executable, and put the key into its file. The line for cron sends what waits even when nobody calls.",
    "Guárdelo, hágalo ejecutable y ponga la clave en su archivo. La línea para cron envía lo que espera aunque nadie llame.",
  ],
  ["Let Asterisk run it", "Haga que Asterisk lo ejecute"],
  [
    "Paste the line for FreePBX and apply the configuration; or the lines for your dialplan, before the `Dial` or `Queue` (for calls going out, begin the name with `out` and swap the numbers).",
    "Pegue la línea para FreePBX y aplique la configuración; o las líneas para su plan de marcado, antes de `Dial` o `Queue` (para las llamadas salientes, empiece el nombre con `out` e intercambie los números).",
  ],
  [
    "Make a short recorded call and look for it here. The script writes into the system log when something is wrong (`journalctl -t trunkline-upload`).",
    "Haga una llamada corta y grabada, y búsquela aquí. El script escribe en el registro del sistema cuando algo falla (`journalctl -t trunkline-upload`).",
  ],
  ["/usr/local/bin/trunkline-upload", "/usr/local/bin/trunkline-upload"],
  ["Install it (as root)", "Instálelo (como root)"],
  [
    "FreePBX: Settings > Advanced Settings > Post Call Recording Script",
    "FreePBX: Settings > Advanced Settings > Post Call Recording Script",
  ],
  ["Asterisk without FreePBX: extensions.conf", "Asterisk sin FreePBX: extensions.conf"],
  ["Or a notice, with the recording served over https", "O un aviso, con la grabación disponible por https"],
  // Audian.
  ["Register", "Registre"],
  [
    "Run the first command with your API key of Audian. The answer holds `signing_secret`, once.",
    "Ejecute el primer comando con su clave de API de Audian. La respuesta trae `signing_secret`, una sola vez.",
  ],
  [
    "Rotate this source's secret to that `signing_secret`, whole.",
    "Cambie el secreto de esta fuente por ese `signing_secret`, entero.",
  ],
  [
    "Let Audian send a test event (`POST /v2/webhooks/{id}/test`) and look into the inbound log.",
    "Haga que Audian envíe un evento de prueba (`POST /v2/webhooks/{id}/test`) y mire el registro de entrada.",
  ],
  // AuthentiVoice.
  ["Add the webhook", "Agregue el webhook"],
  [
    "Paste the block under Settings > Integrations, with this source's secret.",
    "Pegue el bloque en Settings > Integrations, con el secreto de esta fuente.",
  ],
  [
    "Send the test event with your API key and the webhook's id, and look into the inbound log.",
    "Envíe el evento de prueba con su clave de API y el identificador del webhook, y mire el registro de entrada.",
  ],
  ["Settings > Integrations, webhook", "Settings > Integrations, webhook"],
  ["Send a test event", "Envíe un evento de prueba"],
  // Dialpad.
  ["With this source's secret. Its answer holds an id.", "Con el secreto de esta fuente. La respuesta trae un id."],
  ["Subscribe it", "Suscríbalo"],
  [
    "To the call events of an office, a department, a call center or a user.",
    "A los eventos de llamadas de una oficina, un departamento, un centro de llamadas o un usuario.",
  ],
  ["Make the webhook, then subscribe it to call events", "Cree el webhook y suscríbalo a los eventos de llamadas"],
  // A system of one's own.
  ["Choose the form", "Elija la forma"],
  [
    "Send Trunkline's own format, or set this source's mapping to your system's: try it on a sample first.",
    "Envíe el formato propio de Trunkline, o adapte a su sistema la asignación de campos de esta fuente: pruébela antes con una muestra.",
  ],
  ["Post each call", "Envíe cada llamada"],
  [
    "When it ends, or several times as it goes on. The same notice twice does no harm.",
    "Cuando termina, o varias veces mientras dura. El mismo aviso dos veces no hace daño.",
  ],
  ["Try a notice without storing anything", "Pruebe un aviso sin guardar nada"],
  // FreeSWITCH.
  ["Configure mod_json_cdr", "Configure mod_json_cdr"],
  [
    "Write the configuration with your key, and load the module.",
    "Escriba la configuración con su clave y cargue el módulo.",
  ],
  ["Serve the recordings", "Publique las grabaciones"],
  [
    "Serve the recordings' folder over https, and set recording_url_template to its address: `{variable}` in it is a channel variable, path and all, `{variable:name}` its last part, `{file}` the recording's file; after the host only. Without it no recording is fetched: a script may upload them, as for Asterisk.",
    "Publique por https la carpeta de las grabaciones y ponga su dirección en recording_url_template: allí `{variable}` es una variable del canal con su ruta, `{variable:name}` su última parte y `{file}` el archivo de la grabación; solo después del host. Sin eso no se busca ninguna grabación: un script puede cargarlas, como con Asterisk.",
  ],
  ["autoload_configs/json_cdr.conf.xml", "autoload_configs/json_cdr.conf.xml"],
  [
    "In the dialplan, before the bridge: record, and say where",
    "En el plan de marcado, antes del bridge: grabe, y diga dónde",
  ],
  ["Load it", "Cárguelo"],
  ["Without FreeSWITCH at hand: what it posts", "Sin FreeSWITCH a mano: lo que envía"],
  // Signed by HMAC.
  ["Say how it signs", "Diga cómo firma"],
  [
    "Set algorithm, encoding, the headers and the signed text on this source, as the system documents them.",
    "Configure en esta fuente el algoritmo, la codificación, los encabezados y el texto firmado, como los documenta el sistema.",
  ],
  ["Agree on the secret", "Acuerden el secreto"],
  [
    "Paste this source's secret there, or rotate this source to the one shown there.",
    "Pegue allí el secreto de esta fuente, o cambie el de esta fuente por el que se ve allí.",
  ],
  ["Register the URL", "Registre la URL"],
  [
    "Add it as a webhook in your system and let it send a test.",
    "Agréguela como webhook en su sistema y haga que envíe una prueba.",
  ],
  [
    "Unless your system sends Trunkline's own format, say where its notices have what. Try it on a sample.",
    "Si su sistema no envía el formato propio de Trunkline, diga dónde está cada dato en sus avisos. Pruébelo con una muestra.",
  ],
  ["Send a signed notice by hand", "Envíe a mano un aviso firmado"],
];
