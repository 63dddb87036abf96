/** The body of the AuditorIA documentation ("Audio integrations", Anura, step 3), as people paste it into Anura. */
export const ANURA_TEMPLATE = `{
"dialtime": "{{ dialtime }}",
"direction": "{{ direction }}",
"calling": "{{ calling }}",
"called": "{{ called }}",
"status": "{{ status }}",
"duration": "{{ duration }}",
"billseconds": "{{ billseconds }}",
"wasrecorded": "{{ wasrecorded }}",
"audio_file_mp3": "{{ audio_file_mp3 }}",
"accountname": "{{ accountname }}",
"accountextension": "{{ accountextension }}",
"queueagentname": "{{ queueagentname }}",
"answerterminal": "{{ answerterminal }}",
"campaign_id": <YOUR_CAMPAIGN_ID>
}`;

/**
 * What Anura sends: the campaign's number put in by the person who set it up, and each `{{ variable }}` replaced by its
 * text as it is. Nothing is escaped, and a variable without a value leaves nothing.
 */
export function renderAnura(
  template: string,
  campaignNumber: number,
  variables: { readonly [name: string]: string },
): string {
  return template
    .replaceAll("<YOUR_CAMPAIGN_ID>", String(campaignNumber))
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => variables[name] ?? "");
}
