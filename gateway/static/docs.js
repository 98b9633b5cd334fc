"use strict";
// Without this file the page is whole; with it one can search, and a link to an operation opens it.
const entries = [...document.querySelectorAll("details")];
document.getElementById("filter").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
});
function openTarget() {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (entry instanceof HTMLDetailsElement) entry.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();
