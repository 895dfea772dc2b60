/* Text with a button that copies it. */

import { element, t } from "./render.js";

export function copyable(text) {
  const pre = element("pre.mono.copyable", { tabindex: "0" }, text);
  return element("div", {}, pre, copyButton(pre));
}

/** Return a button that copies the text of this element. */
export function copyButton(pre) {
  const button = element("button.primary", { type: "button" }, t("Copy"));
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = t("Copied");
    } catch { // browsers offer the clipboard on HTTPS and localhost only
      button.textContent = document.execCommand("copy") ? t("Copied") : t("Selected: press Ctrl+C");
    }
  });
  return button;
}
