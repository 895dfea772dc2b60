/* The attacker's page. It sends the requests that its opener orders, with what the browser adds by itself.

   It obeys only another origin of this machine, and attacks only that origin, so that it cannot be used against its own
   site. */

const machine = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

const attacks = {
  /** Submit a form as a page navigation, as a click on a lure would. */
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
  /** Follow a link: a GET. */
  link(url) {
    const link = document.createElement("a");
    link.href = url;
    document.body.append(link);
    link.click();
  },
  /** Send a form's request by script. The browser hides the response from this page. */
  fetch: (url, fields) =>
    fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(fields) }),
  /** Send a GET by script. */
  get: (url) => fetch(url, { mode: "no-cors", credentials: "include" }),
  /** Send what no form can send, and a script only where the server allows it in advance (CORS). */
  patch: (url, fields) =>
    fetch(url, {
      method: "PATCH",
      credentials: "include",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    }),
};

addEventListener("message", async ({ data: { how, url, fields }, origin, source }) => {
  const foreign = origin !== location.origin && machine.test(new URL(origin).hostname);
  if (source !== opener || !foreign || !url.startsWith(`${origin}/`)) return;
  let sent = true;
  try {
    await attacks[how](url, fields);
  } catch {
    sent = false; // the browser blocked it
  }
  opener.postMessage({ elsewhere: "done", sent }, origin);
});

opener?.postMessage({ elsewhere: "ready" }, "*");
