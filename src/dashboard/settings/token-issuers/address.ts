export const TOKEN_ISSUERS = "/dashboard/settings/token-issuers";
