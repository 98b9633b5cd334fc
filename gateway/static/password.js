"use strict";
// The code comes in the fragment. It goes to the API with the password; of the answer only the username is shown.
const form = document.getElementById("form");
const inputs = form.elements;
const said = document.getElementById("said");
const show = document.getElementById("show");
const words = form.dataset;

function fill() {
  let given = location.hash.slice(1);
  try { given = decodeURIComponent(given); } catch (e) { /* As it stands, then. */ }
  if (inputs.token) {
    inputs.token.value = given;
    document.getElementById("incomplete").hidden = Boolean(given);
    form.hidden = !given;
    return;
  }
  // What a card's code says, or nothing: half an address would fill in half a code.
  const [, district, code] = /^(\d\d[0-9a-z]{2,3})-([0-9a-z]{12})$/i.exec(given) || [null, "", ""];
  inputs.district.value = district;
  inputs.code.value = code.replace(/(.{4})(?=.)/g, "$1-");
  document.getElementById("district-box").hidden = Boolean(district);
}

// Beside the field that it is about; false where the page has no such field.
function tell(name, text) {
  const place = document.getElementById(name + "-wrong");
  if (!place) return false;
  place.textContent = text;
  if (text) {
    document.getElementById(name + "-box").hidden = false;
    inputs[name].setAttribute("aria-invalid", "true");
  } else inputs[name].removeAttribute("aria-invalid");
  return true;
}

function refused(problem) {
  const errors = problem.errors || {};
  const others = [];
  for (const name of Object.keys(errors)) {
    const text = errors[name].join(" ");
    if (!tell(name, text)) others.push(text);
  }
  const first = form.querySelector("[aria-invalid]");
  if (first) others.push(words.check);
  said.textContent = others.join(" ") || problem.detail || words.trouble;
  if (first) first.focus();
}

function finish(answer) {
  // Nobody goes on from here as logged in: the login that came with the new password ends.
  const headers = { Authorization: "Bearer " + answer.access_token };
  fetch("/v1/auth/logout", { method: "POST", headers, credentials: "omit" }).catch(() => {});
  form.reset();
  form.hidden = true;
  history.replaceState(null, "", location.pathname);
  document.getElementById("begin").hidden = true;
  document.getElementById("username").textContent = answer.person.username;
  document.getElementById("done").hidden = false;
  document.getElementById("done-title").focus();
}

function sent() {
  const body = { password: inputs.password.value };
  if (inputs.token) body.token = inputs.token.value.trim();
  else {
    body.district = inputs.district.value.trim().toLowerCase();
    body.code = inputs.code.value.trim();
  }
  return body;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  for (const name of ["district", "code", "password"]) tell(name, "");
  const body = sent();
  const empty = Object.keys(body).filter((name) => !body[name]);
  if (empty.length || body.password.length < 8) {
    const errors = {};
    if (body.password.length < 8) errors.password = [words.short];
    for (const name of empty) errors[name] = [words.empty];
    return refused({ errors });
  }
  form.setAttribute("aria-busy", "true");
  said.textContent = words.busy;
  fetch(form.dataset.to, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify(body),
    credentials: "omit",
  })
    .then((answer) => answer.json().then((data) => (answer.ok ? finish(data) : refused(data))))
    .catch(() => { said.textContent = words.offline; })
    .then(() => form.removeAttribute("aria-busy"));
});

show.addEventListener("click", () => {
  const hidden = inputs.password.type === "password";
  inputs.password.type = hidden ? "text" : "password";
  show.textContent = hidden ? words.hide : words.show;
  show.setAttribute("aria-pressed", String(hidden));
});

if (window.fetch) {
  document.getElementById("help").hidden = true;
  form.hidden = false;
  fill();
  addEventListener("hashchange", () => location.reload());
}
