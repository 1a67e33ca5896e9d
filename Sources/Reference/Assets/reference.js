// The search of the documentation. Without it every page can be read; with it, "/" leads to the field, the arrows to
// what was found, and Enter to its page.
"use strict";

const box = document.querySelector(".search");
const field = document.getElementById("search");
const list = document.getElementById("found");
const count = document.getElementById("count");
const most = 12;

let index = null;
let found = [];
let chosen = -1;

box.hidden = false;

async function load() {
  if (index) return;
  const answer = await fetch("/docs/search.json");
  if (!answer.ok) return;
  index = (await answer.json()).map((entry) => ({
    ...entry,
    heading: `${entry.title} ${entry.note}`.toLowerCase(),
    all: `${entry.title} ${entry.note} ${entry.words}`.toLowerCase(),
  }));
}

// Every word must occur; those in the heading count for more, and most where a word begins with them.
function score(entry, words) {
  let sum = 0;
  for (const word of words) {
    if (!entry.all.includes(word)) return 0;
    if (entry.heading.includes(word)) sum += 2;
    if (` ${entry.heading}`.includes(` ${word}`)) sum += 3;
    sum += 1;
  }
  return sum;
}

function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = !index || words.length === 0 ? [] : index
    .map((entry) => ({ entry, score: score(entry, words) }))
    .filter((hit) => hit.score > 0)
    // Of two that fit as well, the shorter route is the plainer thing.
    .sort((one, other) => other.score - one.score || one.entry.note.length - other.entry.note.length)
    .slice(0, most)
    .map((hit) => hit.entry);
  show(words.length > 0);
}

function show(isAsked) {
  list.replaceChildren(...found.map(option));
  list.hidden = found.length === 0;
  field.setAttribute("aria-expanded", String(found.length > 0));
  count.textContent = !isAsked ? "" : found.length === 0 ? "Nothing found" : `${found.length} found`;
  choose(found.length > 0 ? 0 : -1);
}

function option(entry, place) {
  const item = document.createElement("li");
  item.id = `found-${place}`;
  item.setAttribute("role", "option");
  const title = document.createElement("span");
  title.textContent = entry.title;
  const note = document.createElement("small");
  note.textContent = entry.note;
  item.append(title, note);
  // Before the field loses the focus, which would close the list.
  item.addEventListener("mousedown", (event) => {
    event.preventDefault();
    go(entry);
  });
  return item;
}

function choose(place) {
  chosen = place;
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
  if (place < 0) {
    field.removeAttribute("aria-activedescendant");
  } else {
    field.setAttribute("aria-activedescendant", `found-${place}`);
    list.children[place].scrollIntoView({ block: "nearest" });
  }
}

function go(entry) {
  field.value = "";
  found = [];
  show(false);
  field.blur();
  window.location.assign(entry.path);
}

field.addEventListener("focus", () => load().then(search));
field.addEventListener("input", () => load().then(search));
field.addEventListener("blur", () => {
  found = [];
  show(false);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    field.value = "";
    search();
    field.blur();
  } else if (event.key === "Enter" && found[chosen]) {
    event.preventDefault();
    go(found[chosen]);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length > 0) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose((chosen + step + found.length) % found.length);
  }
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
});

// On paper nothing can be opened.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
