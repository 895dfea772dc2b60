import assert from "node:assert/strict";

import { signIn, visit, whoAmI } from "../fragments/session-id.mjs";
import { routes, serving, sessionId } from "../server.mjs";

const listener = routes({ "/visit": visit, "/sign-in": signIn, "/user": whoAmI });

export const packages = ["next-session"];

export const observations = {
  "The session id is not changed at sign-in, and the old id opens the signed-in session": () =>
    serving(listener, async (request) => {
      const first = await request("/visit");
      const before = sessionId(first);
      assert.ok(before);
      const signedIn = await request("/sign-in", { headers: { Cookie: `sid=${before}` } });
      const after = sessionId(signedIn);
      assert.equal(after, before);
      const copy = await request("/user", { headers: { Cookie: `sid=${before}` } });
      const stranger = await request("/user");
      const rows = [
        ["/visit, no cookie", `${first.status} ${await first.text()}, Set-Cookie: sid=A`],
        ["/sign-in, Cookie: sid=A", `${signedIn.status} ${await signedIn.text()}, Set-Cookie: sid=A`],
        ["/user, copy of Cookie: sid=A", `${copy.status} ${await copy.text()}`],
        ["/user, no cookie", `${stranger.status} ${await stranger.text()}`],
      ];
      assert.deepEqual(rows.map(([, result]) => result), [
        "200 hello, Set-Cookie: sid=A",
        "200 signed in, Set-Cookie: sid=A",
        "200 alice",
        "200 nobody",
      ]);
      return rows;
    }),
};
