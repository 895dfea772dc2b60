import jwt from "jsonwebtoken";

export const SECRET = "a shared secret of this fragment";

export { plain, awaited, chained, caught, callback };

// ---- shown ----
const plain = (token) => jwt.verify(token, SECRET);
const awaited = async (token) => await jwt.verify(token, SECRET);
const chained = (token) => jwt.verify(token, SECRET).then(console.log);
const caught = (token) => jwt.verify(token, SECRET).catch(console.error);
const callback = (token, done) => jwt.verify(token, SECRET, done);
