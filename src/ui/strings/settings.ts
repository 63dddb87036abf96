import { defineStrings } from "./define";

/** What the pages of Settings have in common. */
export const settingsWords = defineStrings({
  en: {
    title: "Settings",
    tabs: "Parts of Settings",
    profile: "Your profile",
    security: "Security",
    privacy: "Privacy",
    roles: "Roles",
    notifications: "Notifications",
    people: "People",
    teams: "Teams",
    apiKeys: "API keys",
    tokenIssuers: "Token issuers",
    integrations: "Integrations",
    engines: "Engines",
    usage: "Usage and cost",
    audit: "Audit log",
  },
  es: {
    title: "Ajustes",
    tabs: "Partes de los ajustes",
    profile: "Su perfil",
    security: "Seguridad",
    privacy: "Privacidad",
    roles: "Roles",
    notifications: "Notificaciones",
    people: "Personas",
    teams: "Equipos",
    apiKeys: "Claves de API",
    tokenIssuers: "Emisores de tokens",
    integrations: "Integraciones",
    engines: "Motores",
    usage: "Uso y costo",
    audit: "Registro de auditoría",
  },
});
