// The cards of the list: put in, changed and taken out so that focus and scroll stay where they are.

const list = document.getElementById("list");
const empty = document.getElementById("empty");
const older = document.querySelector('.pages a[rel="next"]');
const status = list.dataset.status; // "" shows all
const limit = Number(list.dataset.limit);
const isNewest = list.dataset.newest === "yes";

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const number = (card, name) => Number(card.dataset[name]);

/** What `card` says instead of what `shown` says; elements that both have stay, and with them the focus. */
function morph(shown, card) {
  if (shown.nodeName !== card.nodeName) {
    shown.replaceWith(card);
    return;
  }
  if (shown.nodeType === Node.TEXT_NODE) {
    if (shown.data !== card.data) shown.data = card.data;
    return;
  }
  for (const { name } of [...shown.attributes]) {
    if (!card.hasAttribute(name)) shown.removeAttribute(name);
  }
  for (const { name, value } of card.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  const before = [...shown.childNodes];
  const after = [...card.childNodes];
  after.forEach((child, place) => (before[place] ? morph(before[place], child) : shown.append(child)));
  before.slice(after.length).forEach((child) => child.remove());
}

/** Newest first, by id. A card that the page has no room for is left out. */
function insert(card) {
  const next = [...list.children].find((other) => number(other, "id") < number(card, "id"));
  if (!next && list.children.length >= limit) return;
  list.insertBefore(card, next ?? null);
}

function place(card) {
  const shown = document.getElementById(card.id);
  const belongs = !status || card.dataset.status === status;
  if (shown && number(shown, "version") > number(card, "version")) return;
  if (shown?.dataset.version !== card.dataset.version) card.classList.add("changed");
  if (shown && belongs) morph(shown, card);
  else if (shown && !shown.contains(document.activeElement)) shown.remove();
  else if (shown) morph(shown, card); // who is at it may finish; it goes with the next page
  else if (belongs && isNewest) insert(card);
}

/** What no longer fits, from the end, except the card that has the focus. */
function trim() {
  let last = list.lastElementChild;
  while (list.children.length > limit && !last.contains(document.activeElement)) {
    last.remove();
    last = list.lastElementChild;
    older.hidden = false;
    older.closest("nav").hidden = false;
  }
  if (last && !older.hidden) {
    const address = new URL(location.href);
    address.searchParams.delete("after");
    address.searchParams.set("before", last.dataset.id);
    older.href = address.pathname + address.search;
  }
  empty.hidden = list.children.length > 0;
}

/** The card that has to stay where it is: the one with the focus, or the first in view of who has scrolled. */
function anchor() {
  const focused = document.activeElement?.closest(".card");
  if (focused) return focused;
  if (window.scrollY === 0) return null;
  return [...list.children].find((card) => card.getBoundingClientRect().bottom > 0) ?? null;
}

function keepingPlace(change) {
  const kept = anchor();
  const before = kept?.getBoundingClientRect().top;
  change();
  trim();
  if (kept?.isConnected) window.scrollBy({ top: kept.getBoundingClientRect().top - before, behavior: "instant" });
}

/** Shows cards, given as HTML. */
export function show(cards) {
  keepingPlace(() => cards.forEach((html) => place(parse(html).querySelector(".card"))));
}

/** The photos of the page as the server has it now, in the place of those shown. */
export function showPage(page) {
  const cards = [...page.querySelectorAll(".card")];
  const ids = new Set(cards.map((card) => card.id));
  keepingPlace(() => {
    for (const shown of [...list.children]) {
      if (!ids.has(shown.id) && !shown.contains(document.activeElement)) shown.remove();
    }
    cards.forEach((card) => (document.getElementById(card.id) ? place(card) : list.append(card)));
    [...list.children]
      .sort((one, other) => number(other, "id") - number(one, "id"))
      .forEach((card, place) => {
        if (list.children[place] !== card) list.insertBefore(card, list.children[place]);
      });
  });
}

/** The number of photos of each status, and of all. */
export function showCounts(counts) {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (const shown of document.querySelectorAll("[data-count]")) {
    const count = shown.dataset.count ? counts[shown.dataset.count] : all;
    shown.textContent = count.toLocaleString("en");
  }
}

export const since = list.dataset.since;
