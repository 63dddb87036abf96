export const SERVICE_LEVELS = "/dashboard/settings/service-levels";
