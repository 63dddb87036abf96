export const ENGINES = "/dashboard/settings/engines";
