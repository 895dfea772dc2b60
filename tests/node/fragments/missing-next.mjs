import express from "express";
import jwt from "jsonwebtoken";

export const SECRET = "a shared secret of this fragment";
export const app = express();

function isValid(request) {
  try {
    return Boolean(jwt.verify(request.get("Token"), SECRET));
  } catch {
    return false;
  }
}

const sendNote = (request, response) => response.send("the note");

// ---- shown ----
function forget(request, response, next) {
  if (!isValid(request)) return response.sendStatus(401);
  request.checked = true; // a valid token, but no next()
}
function passOn(request, response, next) {
  if (!isValid(request)) return response.sendStatus(401);
  next();
}
app.get("/forget", forget, sendNote);
app.get("/pass-on", passOn, sendNote);
