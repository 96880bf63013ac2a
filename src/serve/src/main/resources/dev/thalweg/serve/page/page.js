"use strict";

const element = id => document.getElementById(id);
let token = "";
let camera = null;
let asked = 0;

function headers() {
  return token ? {"Authorization": "Bearer " + token} : {};
}

function say(text, wrong = false) {
  element("status").textContent = text;
  element("status").classList.toggle("wrong", wrong);
}

// The answer's JSON; what the server says instead is thrown.
async function json(url, options = {}) {
  const response = await fetch(url, {...options, headers: headers()});
  if (response.status === 401) {
    element("token-row").hidden = false;
    throw new Error("This server wants to know a token.");
  }
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.error);
  }
  return body;
}

async function showModels() {
  const models = await json("v2/repository/index", {method: "POST"});
  element("token-row").hidden = true;
  const choice = element("model");
  choice.replaceChildren(...models.map(model => new Option(model.name, model.name)));
  await showCard();
}

function fact(name, value) {
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name;
  description.textContent = value;
  return [term, description];
}

async function showCard() {
  const name = encodeURIComponent(element("model").value);
  const card = await json(`models/${name}/card`);
  const [channels, height, width] = card.pictures;
  element("facts").replaceChildren(
    ...fact("name", card.name),
    ...fact("version", card.version),
    ...fact("pictures", width === undefined ? "none"
      : `${width} × ${height} pixels, ${channels === 1 ? "grey" : channels + " channels"}`),
    ...fact("says", card.names.length ? card.names.join(", ") : "numbers of classes without names"));
  element("layers").textContent = card.summary;
  // A link cannot send the token.
  element("report-row").hidden = !card.report || token !== "";
  element("report").href = `models/${name}/report`;
}

function row(output) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const number = document.createElement("span");
  name.className = "name";
  name.textContent = output.name;
  number.className = "number";
  const probability = output.probability;
  number.textContent = probability === undefined ? output.value.toPrecision(4) : (100 * probability).toFixed(1) + " %";
  const bar = document.createElement("meter");
  bar.max = 1;
  bar.value = probability === undefined ? 0 : probability;
  bar.hidden = probability === undefined;
  bar.setAttribute("aria-label", output.name);
  item.append(name, bar, number);
  return item;
}

async function ask(file) {
  const number = ++asked;
  say("Asking …");
  element("answer").hidden = true;
  const query = new URLSearchParams({model: element("model").value, explain: element("explain").checked});
  try {
    const answer = await json("predict?" + query, {method: "POST", body: file});
    if (number !== asked) {
      return;
    }
    URL.revokeObjectURL(element("picture").src);
    element("picture").src = URL.createObjectURL(file);
    element("heat-figure").hidden = !answer.explanation;
    element("heat").src = answer.explanation || "data:,";
    const outputs = answer.classes || answer.labels || answer.values;
    element("classes").replaceChildren(...outputs.map(row));
    element("answer").hidden = false;
    say(outputs.length ? `The model says: ${outputs[0].name}.` : "The model says nothing.");
  } catch (e) {
    if (number === asked) {
      say(e.message, true);
    }
  }
}

async function startCamera() {
  try {
    camera = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}});
    element("video").srcObject = camera;
    element("live").hidden = false;
    await element("video").play();
    element("shoot").focus();
  } catch (e) {
    say("There is no camera that this page may use.", true);
  }
}

function stopCamera() {
  if (camera) {
    camera.getTracks().forEach(track => track.stop());
  }
  camera = null;
  element("live").hidden = true;
}

function shoot() {
  const video = element("video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  stopCamera();
  canvas.toBlob(ask, "image/png");
}

const failed = e => say(e.message, true);
// A file that is dropped beside the place for it is not opened by the browser.
for (const event of ["dragover", "drop"]) {
  document.addEventListener(event, e => e.preventDefault());
}

const drop = element("drop");
for (const event of ["dragenter", "dragover"]) {
  drop.addEventListener(event, e => {
    e.preventDefault();
    drop.classList.add("over");
  });
}
for (const event of ["dragleave", "drop"]) {
  drop.addEventListener(event, e => {
    e.preventDefault();
    drop.classList.remove("over");
  });
}
drop.addEventListener("drop", e => {
  if (e.dataTransfer.files.length) {
    ask(e.dataTransfer.files[0]);
  }
});
document.addEventListener("paste", e => {
  if (e.clipboardData.files.length) {
    ask(e.clipboardData.files[0]);
  }
});
element("file").addEventListener("change", () => {
  if (element("file").files.length) {
    ask(element("file").files[0]);
    element("file").value = "";
  }
});
element("camera").addEventListener("click", startCamera);
element("stop").addEventListener("click", stopCamera);
element("shoot").addEventListener("click", shoot);
element("model").addEventListener("change", () => {
  element("answer").hidden = true;
  showCard().catch(failed);
});
element("token-set").addEventListener("click", () => {
  token = element("token").value;
  showModels().then(() => say("")).catch(failed);
});
showModels().catch(failed);
