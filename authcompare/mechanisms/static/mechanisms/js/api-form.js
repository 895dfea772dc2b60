/* The forms of the browsable API: from fields to a request, and from a response back into fields. */

import { readCookie } from "../../authcompare/js/cookie.js";

export const JSON_BODY = { "Content-Type": "application/json" };

/** Read at sending time, because a sign-in may have changed it. */
export const csrfToken = () => ({ "X-CSRFToken": readCookie(document.documentElement.dataset.csrf) ?? "" });

const field = "[data-field]";

const asJson = (form) => form.querySelector("[data-as-json]");

/** Return the body. Empty fields are omitted, except where an empty text is valid. */
export function bodyOf(form) {
  const body = {};
  for (const input of form.querySelectorAll(field)) {
    if (input.value === "" && !("blank" in input.dataset)) continue;
    body[input.name] = valueOf(input);
  }
  return body;
}

function valueOf(input) {
  if (input.type === "number") return Number(input.value);
  if (input.tagName === "SELECT" && ["true", "false"].includes(input.value)) return input.value === "true";
  return input.value;
}

/** Return the request of this form as {method, path, headers, text}; text is undefined without a body. */
export function requestOf(form) {
  const { method } = form.dataset;
  const path = form.dataset.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value));
  const headers = {};
  let text;
  if (asJson(form)) {
    text = asJson(form).checked ? form.querySelector("[data-json]").value : JSON.stringify(bodyOf(form));
    Object.assign(headers, JSON_BODY);
  }
  if (form.querySelector("[data-csrf]")?.checked) Object.assign(headers, csrfToken());
  const condition = form.querySelector("[data-condition]");
  const etag = form.querySelector("[data-etag]");
  if (condition?.checked && etag.value) headers[condition.dataset.condition] = etag.value;
  return { method, path, headers, text };
}

/** Let the visitor write JSON: it starts with the values of the fields, and goes back into them. */
export function syncJson(form) {
  const box = asJson(form);
  if (!box) return;
  const text = form.querySelector("[data-json]");
  const draw = () => {
    // The browser must not check fields, so that invalid JSON can be sent.
    form.noValidate = box.checked;
    if (box.checked) text.value = JSON.stringify(bodyOf(form), null, 2);
    else fill(form, parsed(text.value));
  };
  box.addEventListener("change", draw);
  if (box.checked) draw(); // some browsers keep the tick after a reload
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the visitor may send invalid JSON on purpose
  }
}

/** Put the values of a response into the fields of the same names. */
export function fill(form, values) {
  if (!values || typeof values !== "object") return;
  for (const input of form.querySelectorAll(field)) {
    const value = values[input.name];
    if (["string", "number", "boolean"].includes(typeof value)) input.value = String(value);
  }
  if (asJson(form)?.checked) form.querySelector("[data-json]").value = JSON.stringify(bodyOf(form), null, 2);
}

export function fillEtag(form, etag) {
  const input = form.querySelector("[data-etag]");
  if (input) input.value = etag;
}

/** Offer the ids of a list in the fields of the URL. */
export function offerIds(form, list) {
  for (const input of form.querySelectorAll("[data-in-path]")) {
    const options = list.filter((item) => item?.id).map(({ id }) => new Option("", id));
    input.list.replaceChildren(...options);
  }
}
