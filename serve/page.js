"use strict";
const element = (id) => document.getElementById(id);
let offered = null; // what GET v1/model says
let asked = 0; // pictures so far: an answer about an earlier one is late

const thousands = (n) => n.toLocaleString("en");

function make(tag, of = {}, ...children) {
  const made = Object.assign(document.createElement(tag), of);
  made.append(...children);
  return made;
}

// ask returns the response of a request that succeeded, or throws its error.
async function ask(path, body) {
  const response = await fetch(path, body ? { method: "POST", body } : {});
  if (response.ok) return response;
  let text = response.statusText;
  try { text = (await response.json()).error; } catch { /* of a proxy in between */ }
  throw new Error(text);
}

async function about() {
  offered = await (await ask("v1/model")).json();
  const says = [`Vectors of ${thousands(offered.dim)} numbers, from ${offered.px} × ${offered.px} pixels.`];
  const curl = (path) => `curl --data-binary @photo.jpg '${new URL(path, location)}'`;
  const lines = [curl("v1/embed")];
  if (offered.search) {
    says.push(`${thousands(offered.search.images)} images to search.`);
    lines.push(curl("v1/search?k=10"));
  }
  if (offered.classify) {
    says.push(`${thousands(offered.classify.classes.length)} classes.`);
    lines.push(curl("v1/classify"));
  }
  if (offered.segment) {
    says.push("Pictures are divided into parts.");
    lines.push(curl("v1/segment") + " --output parts.png");
  }
  element("about").textContent = says.join(" ");
  element("curl").textContent = lines.join("\n");
}

function showMatches(of, matches) {
  element("matches").hidden = false;
  element("nearest").textContent = `to ${of}, with the cosine of the vectors`;
  element("matches").querySelector("ol").replaceChildren(...matches.map((m) => {
    const button = make("button", { type: "button", title: "Look for images near this one" });
    if (offered.search.pictures) {
      button.append(make("img", { src: `v1/picture?index=${m.index}&name=${encodeURIComponent(m.name)}`, alt: "", loading: "lazy" }));
    }
    button.append(make("span", { className: "cosine", textContent: m.cosine.toFixed(3) }),
      make("span", { className: "name", textContent: m.name }));
    button.onclick = () => near(m.name);
    return make("li", {}, button);
  }));
}

function row(name, share, text, colour = "") {
  const bar = make("i");
  bar.style.width = `${Math.max(100 * share, .5)}%`;
  bar.style.background = colour;
  return make("tr", {}, make("td", { textContent: name }), make("td", { className: "bar" }, bar),
    make("td", { textContent: text }));
}

function showClasses(classes) {
  element("classes").hidden = false;
  element("classes").querySelector(".note").textContent =
    `after ${thousands(offered.classify.learnt_from)} labelled images`;
  element("classes").querySelector("table").replaceChildren(
    ...classes.map((c) => row(c.class, c.probability, c.probability.toFixed(3))));
}

function showVector(vector) {
  element("vector").hidden = false;
  const first = vector.slice(0, 12).map((x) => x.toFixed(3)).join(", ");
  element("vector").querySelector("pre").textContent = `[${first}${vector.length > 12 ? ", …" : ""}]`;
  element("copy").hidden = !navigator.clipboard; // browsers have none on a page that came by http from elsewhere
  element("copy").onclick = () => navigator.clipboard.writeText(JSON.stringify(vector));
}

async function showParts(file, mine) {
  element("parts").hidden = false;
  element("overlay").hidden = true;
  element("dividing").textContent = "dividing the picture …";
  element("parts").querySelector("table").replaceChildren();
  try {
    const said = await (await ask("v1/segment?as=json&picture=overlay", file)).json();
    if (mine !== asked) return;
    element("overlay").src = `data:image/png;base64,${said.picture}`;
    element("overlay").hidden = false;
    element("dividing").textContent = "components of the mixture; a number means nothing by itself";
    element("parts").querySelector("table").replaceChildren(
      ...said.components.map((c) => row(`component ${c.label}`, c.share, `${(100 * c.share).toFixed(1)} %`, c.colour)));
  } catch (error) {
    if (mine === asked) element("parts").hidden = true;
    throw error;
  }
}

// attempt does one thing of several: an error of it is shown and keeps none from the others.
async function attempt(mine, something) {
  try {
    await something();
  } catch (error) {
    if (mine !== asked) return;
    element("wrong").textContent = error.message;
    element("wrong").hidden = false;
  }
}

function begin() {
  for (const id of ["wrong", "matches", "classes", "parts", "vector"]) element(id).hidden = true;
  return ++asked;
}

async function look(file) {
  const mine = begin();
  const given = element("given");
  URL.revokeObjectURL(given.src);
  given.src = URL.createObjectURL(file);
  given.hidden = false;
  const first = async (path) => (await (await ask(path, file)).json()).images[0];
  const current = (show) => (said) => { if (mine === asked) show(said); };
  const things = [() => first("v1/embed").then(current((a) => showVector(a.embedding)))];
  if (offered.search) {
    things.push(() => first("v1/search?k=12").then(current((a) => showMatches("this picture", a.matches))));
  }
  if (offered.classify) things.push(() => first("v1/classify").then(current((a) => showClasses(a.classes))));
  if (offered.segment) things.push(() => showParts(file, mine));
  await Promise.all(things.map((t) => attempt(mine, t)));
}

async function near(name) {
  const mine = begin();
  element("given").hidden = true;
  await attempt(mine, async () => {
    const said = await (await ask(`v1/search?k=12&name=${encodeURIComponent(name)}`)).json();
    if (mine === asked) showMatches(name, said.images[0].matches);
  });
}

function pick(files) {
  const file = [...files].find((f) => f.type.startsWith("image/")) || files[0];
  if (file && offered) look(file);
}

element("file").onchange = (event) => { pick(event.target.files); event.target.value = ""; };
document.addEventListener("paste", (event) => pick(event.clipboardData.files));
document.addEventListener("dragover", (event) => { event.preventDefault(); element("drop").classList.add("over"); });
document.addEventListener("dragleave", () => element("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  element("drop").classList.remove("over");
  pick(event.dataTransfer.files);
});
attempt(asked, about);
