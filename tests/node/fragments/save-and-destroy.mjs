// ---- shown ----
export const signInAndSave = async (request) => {
  request.session.user = "alice";
  await request.session.save();
};
export const signInAndCommit = async (request) => {
  request.session.user = "alice";
  await request.session.commit();
};
export const destroyAndSave = async (request) => {
  request.session.destroy();
  await request.session.save();
};
export const destroyOnly = (request) => request.session.destroy();
