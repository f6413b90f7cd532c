// What the pages do beside htmx: take in dropped files, keep a name that is being typed, and ask before stopping.
// No script stands in a page, and nothing here asks any other host for anything.
"use strict";

(() => {
  const AT_A_TIME = 6; // what browsers allow
  const zone = document.getElementById("drop");
  const queue = [];
  let sending = 0;
  let isBehind = false; // files were sent since the list was last asked for

  function tell(text) {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.textContent = text;
    document.getElementById("problems").append(problem);
  }

  function refresh() {
    document.body.dispatchEvent(new Event("changed"));
  }

  async function send({ file, name }) {
    if (file.size > Number(zone.dataset.most)) {
      tell(zone.dataset.large.replace("{name}", name)); // the server would hang up without a word
      return;
    }
    const query = new URLSearchParams({ name, modified: String(file.lastModified || "") });
    try {
      const answer = await fetch(`${document.documentElement.dataset.base}/files?${query}`, { method: "POST", body: file });
      if (!answer.ok) {
        const box = document.createElement("template");
        box.innerHTML = await answer.text(); // our own page: every text in it is escaped by the server
        tell(`${name}: ${box.content.textContent.trim().replace(/\s+/g, " ")}`);
      }
    } catch {
      tell(zone.dataset.lost.replace("{name}", name));
    }
  }

  function next() {
    while (sending < AT_A_TIME && queue.length) {
      sending += 1;
      send(queue.shift()).finally(() => {
        sending -= 1;
        // The list asks for itself while files are read; drawing it for each of them would take longer than reading.
        isBehind = true;
        if (!queue.length && !sending) refresh();
        next();
      });
    }
  }

  function take(found) {
    document.getElementById("problems").replaceChildren();
    if (!found.length) tell(zone.dataset.empty);
    queue.push(...found);
    next();
    setTimeout(refresh, 60); // what is there already shows at once
  }

  // A folder is gone through file by file; the server decides what can be read. Hidden files are nobody's answer.
  async function filesIn(entry, folder) {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      return [{ file, name }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) break;
      for (const each of some) found.push(...(await filesIn(each, name)));
    }
    return found;
  }
  // Of a folder only what can be read is sent; what is passed over is told of, but for what computers put there.
  function meantOf(found) {
    const seen = found.filter(({ file }) => !NOBODYS.test(file.name));
    const others = seen.filter(({ name }) => name.includes("/") && !MEANT.test(name)).map(({ name }) => name);
    const meant = seen.filter(({ name }) => !others.includes(name));
    if (others.length) {
      const named = others.slice(0, 5).concat(others.length > 5 ? ["…"] : []).join(", ");
      setTimeout(() => tell(zone.dataset.skipped.replace("{names}", named)));
    }
    return meant;
  }
  const NOBODYS = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;
  const MEANT = /\.(pdf|zip|eml|msg|fdf|xfdf)$/i;

  if (zone) {
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) zone.classList.remove("over");
    });
    document.addEventListener("drop", async (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
      const plain = [...event.dataTransfer.files].map((file) => ({ file, name: file.name }));
      const found = [];
      for (const entry of entries) if (entry) found.push(...(await filesIn(entry, "")));
      take(entries.some(Boolean) ? meantOf(found) : plain);
    });
    document.getElementById("files").addEventListener("change", (event) => {
      take([...event.target.files].map((file) => ({ file, name: file.name })));
      event.target.value = "";
    });
    document.getElementById("folder").addEventListener("change", (event) => {
      take(meantOf([...event.target.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }))));
      event.target.value = "";
    });
  }

  // A list that is drawn anew would take away what is being typed in it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const asked = event.detail.requestConfig;
    const typing = document.activeElement;
    if (asked.verb === "get" && typing && typing.matches("input, textarea") && event.detail.elt.contains(typing)) {
      event.preventDefault();
    }
  });
  document.addEventListener("htmx:afterRequest", () => {
    if (isBehind) setTimeout(refresh, 100);
    isBehind = false;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const list = document.getElementById("list");
    const said = document.getElementById("said");
    if (list && said && said.textContent !== list.dataset.said) said.textContent = list.dataset.said;
  });
  // What a request could not do is told on top of the page.
  document.addEventListener("htmx:responseError", (event) => {
    const box = document.createElement("template");
    box.innerHTML = event.detail.xhr.responseText;
    const problem = box.content.querySelector(".problem");
    document.getElementById("problems").replaceChildren(problem || "");
  });
  // Whoever stopped veldpdf still has the page; what they do there must not seem to have been done.
  document.addEventListener("htmx:sendError", () => {
    document.getElementById("problems").replaceChildren();
    tell(document.documentElement.dataset.gone);
  });
  document.addEventListener("submit", (event) => {
    const sure = event.target.dataset.sure;
    if (sure && !window.confirm(sure)) event.preventDefault();
  });
})();
