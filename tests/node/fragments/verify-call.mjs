import jwt from "jsonwebtoken";

export const SECRET = "a shared secret of this fragment";

// ---- shown ----
export const plain = (token) => jwt.verify(token, SECRET);
export const awaited = async (token) => await jwt.verify(token, SECRET);
export const chained = (token) => jwt.verify(token, SECRET).then((claims) => claims);
export const caught = (token) => jwt.verify(token, SECRET).catch(() => "refused");
export const callback = (token, done) => jwt.verify(token, SECRET, done);
