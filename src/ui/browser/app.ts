import htmx from "htmx.org";
import { listenForCopies } from "./copy";
import { listenForDialogs } from "./dialogs";
import { listenForFolds } from "./folds";
import { removeWhatIsOver } from "./gone";
import { listenForKeys } from "./keys";
import { listenForMenus } from "./menus";
import { listenForLive } from "./live";
import { listenForPasskeys } from "./passkeys";
import { listenForRows } from "./rows";
import { listenForSubmits } from "./submits";
import { listenForTabs } from "./tabs";
import { listenForUnsaved } from "./unsaved";
import { rememberZone } from "./zone";

// It may neither evaluate text nor run a script of an answer, and keeps no page in the browser's storage.
Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  selfRequestsOnly: true,
});

// Every listener is on the document, so that what htmx puts into the page later works too.
document.documentElement.classList.add("has-script");
rememberZone();
listenForCopies();
listenForMenus();
listenForDialogs();
listenForFolds();
listenForTabs();
listenForKeys();
listenForLive();
listenForRows();
listenForPasskeys();
listenForSubmits();
listenForUnsaved();
removeWhatIsOver();
document.querySelector<HTMLElement>("[data-focus]")?.focus();
