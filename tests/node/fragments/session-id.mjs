import nextSession from "next-session";

const { withSession } = nextSession;

// ---- shown ----
export const visit = withSession(async (request, response) => {
  request.session.language = "en";
  response.end("hello");
});
export const signIn = withSession(async (request, response) => {
  request.session.user = "alice";
  await request.session.commit();
  response.end("signed in");
});
export const whoAmI = withSession(async (request, response) => {
  response.end(request.session.user ?? "nobody");
});
