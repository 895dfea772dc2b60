import assert from "node:assert/strict";

import nextSession from "next-session";

import { destroyAndSave, destroyOnly, signInAndCommit, signInAndSave } from "../fragments/save-and-destroy.mjs";
import { routes, serving, sessionId } from "../server.mjs";

const { withSession } = nextSession;
const NOT_A_FUNCTION = "500 TypeError: request.session.save is not a function";

/** A route that runs a fragment with a session and answers "done". */
const route = (fragment) =>
  withSession(async (request, response) => {
    await fragment(request);
    response.end("done");
  });

const listener = routes({
  "/methods": withSession(async ({ session }, response) => {
    response.end(["save", "commit", "destroy"].map((name) => `${name}: ${typeof session[name]}`).join(", "));
  }),
  "/user": withSession(async ({ session }, response) => response.end(session.user ?? "nobody")),
  "/sign-in-save": route(signInAndSave),
  "/sign-in-commit": route(signInAndCommit),
  "/destroy-save": route(destroyAndSave),
  "/destroy": route(destroyOnly),
});

/** Call a route with a session id, then ask who is signed in with the id that results: {id, result, user}. */
async function call(request, path, id) {
  const send = (url, sid) => request(url, { headers: sid ? { Cookie: `sid=${sid}` } : {} });
  const response = await send(path, id);
  const next = id ?? sessionId(response);
  const user = await (await send("/user", next)).text();
  return { id: next, result: `${response.status} ${await response.text()}`, user };
}

export const packages = ["next-session"];

export const observations = {
  "A session has the methods commit and destroy, and no method save": () =>
    serving(listener, async (request) => {
      const types = await (await request("/methods")).text();
      assert.equal(types, "save: undefined, commit: function, destroy: function");
      return [["typeof each method", types]];
    }),
  "At sign-in, a call of save() is a TypeError, and the library saves the session by itself": () =>
    serving(listener, async (request) => {
      const { result, user } = await call(request, "/sign-in-save");
      assert.equal(result, NOT_A_FUNCTION);
      assert.equal(user, "alice");
      return [
        ["signInAndSave", result],
        ["then: who is signed in?", user],
      ];
    }),
  "At sign-in, commit() saves the session": () =>
    serving(listener, async (request) => {
      const { result, user } = await call(request, "/sign-in-commit");
      assert.deepEqual([result, user], ["200 done", "alice"]);
      return [
        ["signInAndCommit", result],
        ["then: who is signed in?", user],
      ];
    }),
  "At sign-out, a call of save() after destroy() is a TypeError, and the session is gone": () =>
    serving(listener, async (request) => {
      const { id } = await call(request, "/sign-in-commit");
      const { result, user } = await call(request, "/destroy-save", id);
      assert.equal(result, NOT_A_FUNCTION);
      assert.equal(user, "nobody");
      return [
        ["destroyAndSave", result],
        ["then: who is signed in?", user],
      ];
    }),
  "At sign-out, destroy() alone ends the session": () =>
    serving(listener, async (request) => {
      const { id } = await call(request, "/sign-in-commit");
      const { result, user } = await call(request, "/destroy", id);
      assert.deepEqual([result, user], ["200 done", "nobody"]);
      return [
        ["destroyOnly", result],
        ["then: who is signed in?", user],
      ];
    }),
};
