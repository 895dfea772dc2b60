/* The attacker's page. It sends what the page that opened it asks for, with whatever the browser adds by itself.

   It obeys only another origin of this very machine, and aims at nobody but that one: so it can not be made to speak
   for the site that it is served from. */

const machine = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

const attacks = {
  /** A form that posts itself, as a whole page: what one click on a prize would do. */
  form(url, fields) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  },
  /** A link that is followed: a GET. */
  link(url) {
    const link = document.createElement("a");
    link.href = url;
    document.body.append(link);
    link.click();
  },
  /** A script's request that looks like a form's. Its answer stays hidden from this page. */
  fetch: (url, fields) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(fields) }),
  /** The same as a GET. */
  get: (url) => fetch(url, { mode: "no-cors", credentials: "include" }),
  /** What no form can send, and a script only where the server has allowed it beforehand (CORS). */
  patch: (url, fields) =>
    fetch(url, {
      method: "PATCH",
      credentials: "include",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    }),
};

addEventListener("message", async ({ data: { how, url, fields }, origin, source }) => {
  const stranger = origin !== location.origin && machine.test(new URL(origin).hostname);
  if (source !== opener || !stranger || !url.startsWith(`${origin}/`)) return;
  let sent = true;
  try {
    await attacks[how](url, fields);
  } catch {
    sent = false; // the browser kept it back
  }
  opener.postMessage({ elsewhere: "done", sent }, origin);
});

opener?.postMessage({ elsewhere: "ready" }, "*");
