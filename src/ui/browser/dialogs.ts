/** What has `data-dialog` opens the dialog of that id, and a click beside a dialog closes it. */
export function listenForDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (target instanceof HTMLDialogElement) target.close();
  });
}
