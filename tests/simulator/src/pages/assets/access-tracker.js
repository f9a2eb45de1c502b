// Makes Access Tracker live: asks the server for what comes next, and waits for it. The rows come
// as ready markup, so that the server alone knows how a row looks and escapes what is in it.
"use strict";

const form = document.getElementById("filter");
const table = document.getElementById("rows");
const counts = document.getElementById("counts");
const state = document.getElementById("state");
const gone = document.getElementById("gone");
const news = document.getElementById("news");
const pause = document.getElementById("pause");
const most = Number(table.dataset.most);

let cursor = table.dataset.cursor;
let asking = new AbortController();
let paused = null;
let failures = 0;

function number(row) {
  return Number(row.id.replace("row-", ""));
}

function filter() {
  const fields = new URLSearchParams(new FormData(form));
  for (const name of ["result", "text"]) {
    if (!fields.get(name).trim()) fields.delete(name);
  }
  return fields;
}

function sleep(milliseconds) {
  return new Promise((awake) => setTimeout(awake, milliseconds));
}

// One question: all rows without a cursor, else what is new since then.
async function ask() {
  const fields = filter();
  if (cursor) fields.set("after", cursor);
  const answer = await fetch(`/access-tracker/rows?${fields}`, { signal: asking.signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = piece.getElementById("rows");
  if (!fresh) throw new Error("no rows in the answer");
  return { fresh, count: piece.getElementById("count") };
}

// A row of the same transaction stays open if it was.
function keepOpen(fresh, old) {
  const time = (row) => row.querySelector("time").dateTime;
  if (!old || time(old) !== time(fresh)) return;
  fresh.querySelector("details").open = old.querySelector("details").open;
}

// Puts one row where its number belongs; says whether it was not there before.
function put(fresh) {
  const old = document.getElementById(fresh.id);
  keepOpen(fresh, old);
  document.adoptNode(fresh);
  if (old) {
    old.replaceWith(fresh);
    return false;
  }
  table.querySelector(".empty")?.remove();
  const older = [...table.tBodies].find((row) => number(row) < number(fresh));
  table.insertBefore(fresh, older ?? null);
  fresh.classList.add("new");
  return true;
}

function show({ fresh, count }) {
  const focused = document.activeElement?.closest("#rows > tbody")?.id;
  const rows = [...fresh.tBodies];
  let added = 0;
  if (fresh.dataset.whole === "true") {
    for (const row of rows) {
      if (row.id) keepOpen(row, document.getElementById(row.id));
      document.adoptNode(row);
    }
    table.replaceChildren(...[...table.children].filter((part) => part.tagName !== "TBODY"), ...rows);
  } else {
    added = rows.filter(put).length;
    while (table.tBodies.length > most) table.lastElementChild.remove();
  }
  if (focused && !document.activeElement?.closest("#rows > tbody")) {
    document.getElementById(focused)?.querySelector("summary")?.focus();
  }
  cursor = fresh.dataset.cursor;
  counts.replaceChildren(document.adoptNode(count));
  if (added) tell(added);
}

function tell(added) {
  const newest = table.tBodies[0];
  const words = [".result", ".user", ".why"].map((part) => newest.querySelector(part).textContent.trim());
  news.textContent = `${added === 1 ? "1 new row" : `${added} new rows`}: ${words.join(", ")}`;
}

function say(words, live) {
  if (state.textContent !== words) state.textContent = words;
  state.className = live ? "on" : "";
}

async function follow() {
  for (;;) {
    if (paused) await paused.over;
    if (asking.signal.aborted) asking = new AbortController();
    const { signal } = asking;
    try {
      if (!failures) say("Live", true);
      const answer = await ask();
      if (signal.aborted) continue;
      show(answer);
      failures = 0;
      gone.hidden = true;
      await sleep(150);
    } catch {
      if (signal.aborted) continue;
      failures += 1;
      gone.hidden = false;
      say("No connection", false);
      cursor = null;
      await sleep(Math.min(10_000, 500 * 2 ** failures));
    }
  }
}

let typing;
function filtered() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const fields = filter().toString();
    history.replaceState(null, "", fields ? `?${fields}` : location.pathname);
    cursor = null;
    asking.abort();
  }, 150);
}

function pauseOrGoOn() {
  if (paused) {
    paused.end();
    paused = null;
  } else {
    paused = {};
    paused.over = new Promise((end) => (paused.end = end));
    say("Paused", false);
    asking.abort();
  }
  pause.setAttribute("aria-pressed", String(Boolean(paused)));
}

// A click anywhere on a row opens it, except where one means something else.
function open(event) {
  const row = event.target.closest("tbody:not(.empty)");
  if (!row || event.target.closest("a, summary, dl") || String(getSelection())) return;
  const details = row.querySelector("details");
  details.open = !details.open;
}

table.addEventListener("click", open);
if ("live" in table.dataset) {
  form.querySelector("button").hidden = true;
  form.addEventListener("input", filtered);
  form.addEventListener("submit", (event) => event.preventDefault());
  pause.hidden = false;
  pause.addEventListener("click", pauseOrGoOn);
  follow();
} else {
  say("Older rows do not renew themselves", false);
}
