"use strict";
const progress = document.getElementById("progress");
const about = document.getElementById("about");
const lost = document.getElementById("lost");
const source = new EventSource("/events");

source.addEventListener("progress", (event) => {
  const now = JSON.parse(event.data);
  document.title = now.tab;
  about.textContent = now.about;
  progress.innerHTML = now.html;
  lost.hidden = true;
});
source.addEventListener("end", () => source.close());
source.onerror = () => { lost.hidden = false; };
