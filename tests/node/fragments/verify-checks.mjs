import jwt from "jsonwebtoken";

export const SECRET = "a shared secret of this fragment";

export { verify, verifyAt, endless, oneHour };

// ---- shown ----
const verify = (token) => jwt.verify(token, SECRET);
const verifyAt = (token, date) =>
  jwt.verify(token, SECRET, { clockTimestamp: Date.parse(date) / 1000 });
const endless = () => jwt.sign({ sub: "7" }, SECRET);
const oneHour = () => jwt.sign({ sub: "7" }, SECRET, { expiresIn: "1h" });
