// Puts a button beside each example that copies it, and sends calls from the page: the forms come
// ready from the server, the token is in its field and nowhere else.
"use strict";

for (const button of document.querySelectorAll("button.copy")) {
  const example = document.getElementById(button.dataset.of);
  if (!navigator.clipboard || !example) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = await navigator.clipboard.writeText(example.textContent).then(
      () => "Copied",
      () => "Not copied",
    );
    button.textContent = words;
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

const token = document.getElementById("token");
const signIn = document.getElementById("sign-in");
const told = document.getElementById("sign-in-outcome");

function value(id) {
  return document.getElementById(id).value;
}

// The path with its names filled in, and the query of what is not empty.
function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    const { in: place, name } = field.dataset;
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(field.value));
    if (place === "query" && field.value !== "") query.set(name, field.value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function send(method, path, body, bearer) {
  const headers = { Accept: "application/json, */*" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const began = performance.now();
  const answer = await fetch(path, {
    method,
    headers,
    body,
    cache: "no-store",
    credentials: "omit",
    redirect: "manual",
  });
  const bytes = await answer.arrayBuffer();
  return { answer, bytes, took: Math.round(performance.now() - began) };
}

// JSON in lines, other text as it is, anything else by its size.
function readable(answer, bytes) {
  const media = answer.headers.get("Content-Type") ?? "";
  if (!bytes.byteLength) return "(empty)";
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return media.startsWith("text/") ? text : `${bytes.byteLength} bytes of ${media || "something"}`;
  }
}

function hasToken(answer, bytes) {
  if (!answer.ok || !bytes.byteLength) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)).access_token;
  } catch {
    return undefined;
  }
}

async function attempt(form) {
  const outcome = form.querySelector(".outcome");
  const [line, body] = [outcome.querySelector(".line"), outcome.querySelector("code")];
  const field = form.querySelector("[data-in=body]");
  const path = address(form);
  const button = form.querySelector("button");
  button.disabled = true;
  outcome.hidden = false;
  line.textContent = "Sent; waiting for the answer.";
  body.textContent = "";
  try {
    const needsNone = form.dataset.path === "/api/oauth";
    const bearer = needsNone ? "" : token.value.trim();
    const { answer, bytes, took } = await send(form.dataset.method, path, field?.value, bearer);
    line.textContent = `${form.dataset.method} ${path}: ${answer.status} ${answer.statusText}, ${took} ms`;
    body.textContent = readable(answer, bytes);
    if (needsNone) token.value = hasToken(answer, bytes) ?? token.value;
  } catch {
    line.textContent = `${form.dataset.method} ${path}: no answer came.`;
    body.textContent = "The connection broke, as when a fault is placed.";
  }
  button.disabled = false;
}

async function getToken() {
  const body = {
    grant_type: "password",
    client_id: value("sign-in-client"),
    username: value("sign-in-user"),
    password: value("sign-in-password"),
  };
  if (value("sign-in-secret")) body.client_secret = value("sign-in-secret");
  told.textContent = "Signing in.";
  try {
    const { answer, bytes } = await send("POST", "/api/oauth", JSON.stringify(body));
    const fresh = hasToken(answer, bytes);
    if (fresh) {
      token.value = fresh;
      document.getElementById("sign-in-password").value = "";
      told.textContent = `${body.username} is signed in; calls are sent with this token.`;
    } else {
      told.textContent = `Refused: ${answer.status} ${readable(answer, bytes)}`;
    }
  } catch {
    told.textContent = "No answer came.";
  }
}

for (const part of document.querySelectorAll(".try")) part.hidden = false;

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form === signIn) getToken();
    else attempt(form);
  });
}
