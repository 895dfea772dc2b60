/* The attacker's page. It sends the requests that its opener names, with the cookies that the browser adds.

   Its opener must be another origin on this machine, and every request goes to that origin. So no page can use it to
   act for the site that serves it. */

const THIS_MACHINE = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

const attacks = {
  /** Submit a form, as one click on a fake prize would. */
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
  /** Follow a link. */
  link(url) {
    const link = document.createElement("a");
    link.href = url;
    document.body.append(link);
    link.click();
  },
  /** Send a form's request from a script. The browser hides the response from this page. */
  fetch: (url, fields) =>
    fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(fields) }),
  /** Send a GET request from a script. */
  get: (url) => fetch(url, { mode: "no-cors", credentials: "include" }),
  /** Send a request that no form can send. A script can do so only if the server allows it (CORS). */
  patch: (url, fields) =>
    fetch(url, {
      method: "PATCH",
      credentials: "include",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    }),
};

addEventListener("message", async ({ data: { how, url, fields }, origin, source }) => {
  const otherOrigin = origin !== location.origin && THIS_MACHINE.test(new URL(origin).hostname);
  if (source !== opener || !otherOrigin || !url.startsWith(`${origin}/`)) return;
  let sent = true;
  try {
    await attacks[how](url, fields);
  } catch {
    sent = false; // the browser blocked it
  }
  opener.postMessage({ elsewhere: "done", sent }, origin);
});

opener?.postMessage({ elsewhere: "ready" }, "*");
