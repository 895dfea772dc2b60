import jwt from "jsonwebtoken";

export const SECRET = "a shared secret of this fragment";

// ---- shown ----
export const verify = (token) => jwt.verify(token, SECRET); // names no algorithm
export const verifyAt = (token, date) =>
  jwt.verify(token, SECRET, { clockTimestamp: Date.parse(date) / 1000 });
export const endless = () => jwt.sign({ sub: "7" }, SECRET);
export const oneHour = () => jwt.sign({ sub: "7" }, SECRET, { expiresIn: "1h" });
