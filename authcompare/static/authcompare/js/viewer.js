/* A dialog that shows text to read or to copy: source, a curl command. */

import { el, say } from "./render.js";

const dialog = document.getElementById("viewer");
const title = dialog.querySelector("h2");
const body = dialog.querySelector(".viewer-body");
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

export function view(heading, ...content) {
  title.textContent = heading;
  body.replaceChildren(...content);
  if (!dialog.open) dialog.showModal();
}

/** Text with a button that copies it. Over plain HTTP on a network there is no clipboard: then it is selected. */
export function copyable(text) {
  const pre = el("pre.mono.copyable", { tabindex: "0" }, text);
  const button = el("button.primary", { type: "button" }, say("Copy"));
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = say("Copied");
    } catch {
      button.textContent = document.execCommand("copy") ? say("Copied") : say("Selected: press Ctrl+C");
    }
  });
  return el("div", {}, pre, button);
}
