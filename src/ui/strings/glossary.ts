/** One Spanish word for each English one, reviewed: neutral, as in Latin America. Tests hold every string against it. */
export const GLOSSARY: readonly (readonly [english: RegExp, spanish: RegExp])[] = [
  [/\bcalls?\b(?! to action)/i, /\bllam(ada|adas|ó|a|aron)\b/i],
  [/\brecordings?\b/i, /\bgrabaci(ón|ones)\b/i],
  [/\boperators?\b/i, /\boperador(es)?\b/i],
  [/\bcustomers?\b/i, /\bclientes?\b/i],
  [/\bcampaigns?\b/i, /\bcampañas?\b/i],
  [/\bsources?\b/i, /\bfuentes?\b/i],
  [/\btasks?\b/i, /\btareas?\b/i],
  [/\bwebhooks?\b/i, /\bwebhooks?\b/i],
  [/\bsettings\b/i, /\bajustes\b/i],
  [/\borganizations?\b/i, /\borganizaci(ón|ones)\b/i],
  [/\bsilence\b/i, /\bsilencios?\b/i],
  [/\bdeliver(y|ies)\b/i, /\bentregas?\b/i],
  [/\bevents?\b/i, /\beventos?\b/i],
  [/\bpasswords?\b/i, /\bcontraseñas?\b/i],
  [/\bsign out\b/i, /\bcerrar sesión\b/i],
  [/\bsign in\b/i, /\b(iniciar?|inicie) sesión\b/i],
  [/\bsearch(ed)?\b/i, /\b(búsqueda|busc|busque)/i],
  [/\bteams?\b/i, /\bequipos?\b/i],
  [/\bnotifications?\b/i, /\bnotificaci(ón|ones)\b/i],
  [/\btimeline\b/i, /\bcronología\b/i],
  [/\blanguage\b(?! model)/i, /\bidioma\b/i],
];

/** Spanish words for what has another one here: one thing has one name on all pages, in letters and failures. */
export const OTHER_WORDS: readonly (readonly [said: RegExp, instead: string])[] = [
  [/(?<!\p{L})añad/iu, "agregar"],
  [/(?<!\p{L})cartas?(?!\p{L})/iu, "correo"],
  [/(?<!\p{L})fallos?(?!\p{L})/iu, "falla"],
  [/puntajes? medios?(?!\p{L})/iu, "puntaje promedio"],
  [/(?<!\p{L})(riesgo medio|duración media)(?!\p{L})/iu, "promedio"],
];
