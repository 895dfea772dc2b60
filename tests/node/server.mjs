/* A server on a free port of this machine, for as long as one scenario needs it. */

import { createServer } from "node:http";
import { once } from "node:events";

/** Call `use(request)` while `listener` serves; `request(path, options)` is fetch, without keep-alive. */
export async function serving(listener, use) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${server.address().port}`;
  const request = (path, { headers, ...options } = {}) =>
    fetch(base + path, { headers: { Connection: "close", ...headers }, ...options });
  try {
    return await use(request);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Routes of {path: handler}. An error of a handler becomes the body of a 500. */
export const routes = (handlers) => async (request, response) => {
  try {
    await handlers[request.url](request, response);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
};

/** The session id in a response's Set-Cookie, or undefined. */
export const sessionId = (response) => /^sid=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
