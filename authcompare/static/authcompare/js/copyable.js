/* Text to copy, with a button that copies it. Over plain HTTP on a network there is no clipboard: then it is selected. */

import { element, t } from "./render.js";

export function copyable(text) {
  const pre = element("pre.mono.copyable", { tabindex: "0" }, text);
  return element("div", {}, pre, copyButton(pre));
}

/** A button that copies the text of this element. */
export function copyButton(pre) {
  const button = element("button.primary", { type: "button" }, t("Copy"));
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = t("Copied");
    } catch {
      button.textContent = document.execCommand("copy") ? t("Copied") : t("Selected: press Ctrl+C");
    }
  });
  return button;
}
