export const API_KEYS = "/dashboard/settings/api-keys";
