export { signInAndSave, signInAndCommit, destroyAndSave, destroyOnly };

// ---- shown ----
const signInAndSave = async (request) => {
  request.session.user = "alice";
  await request.session.save();
};
const signInAndCommit = async (request) => {
  request.session.user = "alice";
  await request.session.commit();
};
const destroyAndSave = async (request) => {
  request.session.destroy();
  await request.session.save();
};
const destroyOnly = (request) => request.session.destroy();
