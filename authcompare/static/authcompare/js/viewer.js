/* A dialog that shows source code, a curl command or an exchange. */

export { copyable } from "./copyable.js";

const dialog = document.getElementById("viewer");
const title = dialog.querySelector("h2");
const body = dialog.querySelector(".viewer-body");
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

export function openViewer(heading, ...content) {
  title.textContent = heading;
  body.replaceChildren(...content);
  if (!dialog.open) dialog.showModal();
}
