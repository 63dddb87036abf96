/** What can go wrong with OneDrive, in both languages. */
export const ONEDRIVE_PROBLEMS = {
  not_connected: {
    en: {
      cause: "Nobody has signed in for this storage yet.",
      remedy: "Press Connect and sign in with the account whose OneDrive is to be read.",
    },
    es: {
      cause: "Todavía nadie inició sesión para este almacenamiento.",
      remedy: "Pulse Conectar e inicie sesión con la cuenta cuyo OneDrive se debe leer.",
    },
  },
  sign_in_again: {
    en: {
      cause: "Microsoft no longer accepts the sign-in: it expired, was revoked, or the password was changed.",
      remedy: "Press Connect and sign in again.",
    },
    es: {
      cause: "Microsoft ya no acepta el inicio de sesión: venció, se revocó o se cambió la contraseña.",
      remedy: "Pulse Conectar e inicie sesión de nuevo.",
    },
  },
  wrong_client: {
    en: {
      cause: "There is no application of this id in the tenant.",
      remedy: "Compare clientId and tenantId with the application's overview in Azure AD.",
    },
    es: {
      cause: "No hay ninguna aplicación con este id en el tenant.",
      remedy: "Compare clientId y tenantId con el resumen de la aplicación en Azure AD.",
    },
  },
  wrong_client_secret: {
    en: {
      cause: "Microsoft does not accept the application's client secret, or it has expired.",
      remedy: "Make a new client secret in Azure AD and enter its value, not its id.",
    },
    es: {
      cause: "Microsoft no acepta el secreto de cliente de la aplicación, o venció.",
      remedy: "Cree un secreto de cliente nuevo en Azure AD e indique su valor, no su id.",
    },
  },
  consent_missing: {
    en: {
      cause: "The application has not been granted what it needs.",
      remedy:
        "Have an administrator grant Files.Read.All (to move files, Files.ReadWrite.All) and offline_access in Azure AD.",
    },
    es: {
      cause: "A la aplicación no se le otorgó lo que necesita.",
      remedy:
        "Pida a un administrador que otorgue Files.Read.All (para mover archivos, Files.ReadWrite.All) y offline_access en Azure AD.",
    },
  },
  wrong_drive: {
    en: {
      cause: "There is no such drive, or this account has none.",
      remedy: "Check user, drive or site. An account without a OneDrive license has no drive.",
    },
    es: {
      cause: "No existe ese drive, o esta cuenta no tiene ninguno.",
      remedy: "Compruebe user, drive o site. Una cuenta sin licencia de OneDrive no tiene drive.",
    },
  },
} as const;
