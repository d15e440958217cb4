// Keeps the page up to date: photos and counts arrive by server-sent events. Without it, the page is a page.

import { show, showCounts, showPage, since as sinceOfPage } from "./cards.js";

const COME_BACK_MS = 5000; // chosen: after a "no"; after a mere loss the browser comes back by itself
const SAY_EVERY_MS = 4000; // chosen: the time to say one sentence

const connection = document.getElementById("connection");
const news = document.getElementById("news");
const opened = Number(sinceOfPage);
const cards = [...document.querySelectorAll(".card")];
const known = new Map(cards.map((card) => [Number(card.dataset.id), card.dataset.status])); // status by id
let stream;
let comingBack;
let since = sinceOfPage;
let waiting = []; // photos of a look that has not ended
let heard = { added: 0, recognised: 0, failed: 0 };
let mayTalk = true;

const state = (words) => {
  if (connection.textContent !== words) connection.textContent = words;
};

function count(photo) {
  const isNew = !known.has(photo.id) && Date.parse(photo.created_at) >= opened;
  const isOver = known.get(photo.id) !== photo.status && Date.parse(photo.updated_at) >= opened;
  known.set(photo.id, photo.status);
  if (isNew) heard.added += 1;
  if (isOver && photo.status === "PROCESSED" && photo.person) heard.recognised += 1;
  if (isOver && photo.status === "FAILED") heard.failed += 1;
}

function sentence({ added, recognised, failed }) {
  const parts = [
    added && `${added} new photo${added === 1 ? "" : "s"}`,
    recognised && `${recognised} recognised`,
    failed && `${failed} failed`,
  ];
  return parts.filter(Boolean).join(", ");
}

function talk() {
  const words = sentence(heard);
  if (!words || !mayTalk) return;
  news.textContent = words;
  heard = { added: 0, recognised: 0, failed: 0 };
  mayTalk = false;
  setTimeout(() => {
    mayTalk = true;
    talk();
  }, SAY_EVERY_MS);
}

function endOfLook(counts) {
  show(waiting.map((photo) => photo.card));
  waiting.forEach(count);
  waiting = [];
  showCounts(counts);
  talk();
}

async function lookAgain() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  showPage(page);
  for (const shown of document.querySelectorAll("[data-count]")) {
    shown.textContent = page.querySelector(`[data-count="${shown.dataset.count}"]`).textContent;
  }
  news.textContent = "Many photos changed";
}

function connect() {
  stream?.close();
  clearTimeout(comingBack);
  state("Connecting…");
  stream = new EventSource(`/events?since=${since}`);
  const on = (name, act) =>
    stream.addEventListener(name, (event) => {
      since = event.lastEventId || since;
      act(JSON.parse(event.data));
    });
  on("photo", (photo) => waiting.push(photo));
  on("counts", endOfLook);
  on("again", lookAgain);
  on("database", (told) =>
    state(told === "ok" ? "Live: changes appear by themselves" : "The database does not answer: trying again"),
  );
  stream.onerror = () => {
    waiting = [];
    state("Connection lost: trying again");
    if (stream.readyState === EventSource.CLOSED) comingBack = setTimeout(connect, COME_BACK_MS);
  };
}

function disconnect() {
  stream?.close();
  clearTimeout(comingBack);
  state("Paused while this page is hidden");
}

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", (event) => event.persisted && connect());
if (!document.hidden) connect();
