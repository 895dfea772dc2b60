/* Text to copy, with a button that copies it. Over plain HTTP on a network there is no clipboard: then it is selected. */

import { el, say } from "./render.js";

export function copyable(text) {
  const pre = el("pre.mono.copyable", { tabindex: "0" }, text);
  return el("div", {}, pre, copyButton(pre));
}

/** A button that copies the text of this element. */
export function copyButton(pre) {
  const button = el("button.primary", { type: "button" }, say("Copy"));
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = say("Copied");
    } catch {
      button.textContent = document.execCommand("copy") ? say("Copied") : say("Selected: press Ctrl+C");
    }
  });
  return button;
}
