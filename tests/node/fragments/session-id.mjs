import nextSession from "next-session";

const { withSession } = nextSession;

export { visit, signIn, whoAmI };

// ---- shown ----
const visit = withSession(async (request, response) => {
  request.session.language = "en";
  response.end("hello");
});
const signIn = withSession(async (request, response) => {
  request.session.user = "alice";
  await request.session.commit();
  response.end("signed in");
});
const whoAmI = withSession(async (request, response) => {
  response.end(request.session.user ?? "nobody");
});
