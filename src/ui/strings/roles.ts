import { defineStrings } from "./define";

/** The names of roles, what each is for, and the page that shows what each may do. */
export const roleWords = defineStrings({
  en: {
    owner: "Owner",
    admin: "Administrator",
    supervisor: "Supervisor",
    reviewer: "Reviewer",
    operator: "Operator",
    developer: "Developer",
    viewer: "Viewer",
    ownerFor: "Everything, also what is added later.",
    adminFor: "Everything there is today.",
    supervisorFor: "Runs campaigns, operators and teams, listens, uploads.",
    reviewerFor: "Reads and listens to calls.",
    operatorFor: "The person on calls: only their own.",
    developerFor:
      "Webhooks, sources, keys and logs; neither bodies nor listening. Voicesense calls it Company Operator.",
    viewerFor: "Reads calls without listening.",
    state: "Every member has one role. What a role may do is the same here and at the API.",
    permission: "Permission",
    table: "What each role may do",
    yes: "yes",
    no: "no",
  },
  es: {
    owner: "Propietario",
    admin: "Administrador",
    supervisor: "Supervisión",
    reviewer: "Revisión",
    operator: "Operador",
    developer: "Desarrollo",
    viewer: "Consulta",
    ownerFor: "Todo, también lo que se agregue después.",
    adminFor: "Todo lo que hay hoy.",
    supervisorFor: "Dirige campañas, operadores y equipos, escucha, carga.",
    reviewerFor: "Lee y escucha llamadas.",
    operatorFor: "La persona en las llamadas: solo las suyas.",
    developerFor:
      "Webhooks, fuentes, claves y registros; sin cuerpos y sin escuchar. Voicesense lo llama Company Operator (operador de la empresa).",
    viewerFor: "Lee llamadas sin escuchar.",
    state: "Cada miembro tiene un rol. Lo que un rol puede hacer es igual aquí y en la API.",
    permission: "Permiso",
    table: "Lo que puede cada rol",
    yes: "sí",
    no: "no",
  },
});
