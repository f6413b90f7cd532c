// The list of partners, sent as it is: a form could not send a file without packing it.
"use strict";

(() => {
  const zone = document.getElementById("list-drop");
  const chooser = document.getElementById("list-file");
  const problems = document.getElementById("problems");
  if (!zone) return;

  async function send(file) {
    problems.replaceChildren();
    try {
      const answer = await fetch(`${document.documentElement.dataset.base}/letters/list?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file });
      if (answer.ok) {
        document.body.dispatchEvent(new Event("changed"));
      } else {
        const box = document.createElement("template");
        box.innerHTML = await answer.text(); // our own page: every text in it is escaped by the server
        tell(box.content.querySelector(".problem") || "");
      }
    } catch {
      const problem = document.createElement("p");
      problem.className = "problem";
      problem.textContent = zone.dataset.lost.replace("{name}", file.name);
      tell(problem);
    }
  }

  function tell(problem) {
    problems.replaceChildren(problem);
    problems.scrollIntoView({ block: "nearest" });
  }

  chooser.addEventListener("change", () => {
    if (chooser.files.length) send(chooser.files[0]);
    chooser.value = "";
  });
  // Dropped anywhere on the page: beside the place for it, a browser would leave the page for the file.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
})();
