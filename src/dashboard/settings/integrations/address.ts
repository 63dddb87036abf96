export const INTEGRATIONS = "/dashboard/settings/integrations";
