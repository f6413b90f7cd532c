// The page beside the answers follows the answer that is being read, and scrolls to where it stands.
"use strict";

(() => {
  const beside = document.getElementById("beside");
  if (!beside) return;
  const WAIT = 300; // milliseconds: whoever scrolls past does not look
  const wide = window.matchMedia("(min-width: 64rem)");
  let shown = beside.dataset.field;
  let waiting = 0;
  let chosenUntil = 0; // scrolling that a choice ends, or brings about, is seen after it

  function follow(name) {
    clearTimeout(waiting);
    if (!wide.matches || name === shown || performance.now() < chosenUntil) return;
    waiting = setTimeout(() => {
      shown = name;
      const address = `${document.documentElement.dataset.base}/answers/partner/${beside.dataset.row}/page?quiet=1&field=${encodeURIComponent(name)}`;
      const asked = window.htmx.ajax("GET", address, { source: "#beside", target: "#beside", swap: "innerHTML" });
      asked.catch(() => {}); // another page was asked for meanwhile; what really fails htmx tells by events
    }, WAIT);
  }

  // What is read stands in the upper part of the window; of two answers there, it is the first. An observer tells only
  // what changed: an answer that was there already is not told again when the one above it goes.
  const there = new Set();
  const reading = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) there.add(target);
        else there.delete(target);
      }
      const read = [...document.querySelectorAll(".answer")].find((answer) => there.has(answer));
      if (read && window.scrollY > 0) follow(read.id);
    },
    { rootMargin: "-12% 0px -80% 0px" },
  );
  function watch(root) {
    for (const answer of root.querySelectorAll(".answer")) reading.observe(answer);
  }

  // Whoever chose an answer sees its page; where that stands below, they are brought there.
  let asker = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== beside) return;
    const answer = event.detail.elt.closest(".answer");
    asker = answer ? answer.id : null;
    if (answer) {
      clearTimeout(waiting);
      chosenUntil = performance.now() + 2 * WAIT;
      shown = answer.id;
    }
  });
  function settle() {
    const mark = beside.querySelector(".marks rect");
    if (mark) {
      const away = mark.getBoundingClientRect().top - beside.getBoundingClientRect().top;
      beside.scrollTop += away - beside.clientHeight / 4;
    }
    if (asker && !wide.matches) {
      beside.focus({ preventScroll: true });
      beside.closest("section").scrollIntoView();
    }
    asker = null;
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === beside) settle();
    else watch(document);
    guard();
  });
  watch(document);

  // Whoever goes elsewhere with a correction half typed is asked first. Listened for only then: a page that always does
  // is drawn anew where somebody goes back to it.
  const isTyped = (text) => text.value !== text.defaultValue;
  function ask(event) {
    event.preventDefault();
  }
  function guard() {
    if ([...document.querySelectorAll(".answer textarea")].some(isTyped)) window.addEventListener("beforeunload", ask);
    else window.removeEventListener("beforeunload", ask);
  }
  document.addEventListener("input", guard);
  document.addEventListener("submit", (event) => {
    const isSent = !event.defaultPrevented && event.target.closest(".answer");
    if (isSent) window.removeEventListener("beforeunload", ask);
  });
  guard();
})();
