// The places of the prefilling page where one file is dropped or chosen: it is sent as it is, and what is wrong with
// it is told there. Everything else on the page is htmx and plain forms.
"use strict";

(() => {
  function tell(zone, problem) {
    zone.querySelector(".told-here").replaceChildren(problem);
    zone.querySelector(".said").textContent = "";
  }

  function lost(zone) {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.textContent = zone.dataset.lost;
    return problem;
  }

  async function send(zone, file) {
    zone.querySelector(".told-here").replaceChildren();
    zone.querySelector(".said").textContent = zone.dataset.busy;
    let answer;
    try {
      answer = await fetch(`${zone.dataset.to}?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file });
    } catch {
      tell(zone, lost(zone));
      return;
    }
    if (!answer.ok) {
      const box = document.createElement("template");
      box.innerHTML = await answer.text(); // our own page: every text in it is escaped by the server
      tell(zone, box.content.querySelector(".problem") || lost(zone));
      return;
    }
    zone.querySelector(".said").textContent = "";
    if (zone.dataset.then) document.body.dispatchEvent(new Event(zone.dataset.then));
    else window.location.reload(); // another PDF may have other fields
  }

  const over = (event) => event.target.closest(".drop[data-to]");
  const unmark = () => document.querySelectorAll(".drop.over").forEach((zone) => zone.classList.remove("over"));

  const holdsFiles = (event) => event.dataTransfer.types.includes("Files"); // a text may be dragged from field to field

  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser would show the file in place of the page
    unmark();
    if (over(event)) over(event).classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) unmark();
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    unmark();
    const [file] = event.dataTransfer.files;
    if (over(event) && file) send(over(event), file);
  });
  document.addEventListener("change", (event) => {
    const zone = event.target.matches("input[type=file]") && over(event);
    if (!zone) return;
    const [file] = event.target.files;
    event.target.value = "";
    if (file) send(zone, file);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const list = document.getElementById("partners-list");
    const said = document.querySelector("#partners .said");
    if (list && said && said.textContent !== list.dataset.said) said.textContent = list.dataset.said;
  });
})();
