"use strict";
(function () {
  const form = document.querySelector("form");
  const words = document.getElementById("words");
  const project = document.getElementById("project");
  const state = document.getElementById("state");
  const told = document.getElementById("told");
  const items = Array.from(document.querySelectorAll("[data-patch]"));
  const text = new Map(items.map((item) => [item, item.dataset.find + " " + item.textContent.toLowerCase()]));

  function matches(item) {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = text.get(item);
    return wanted.every((word) => all.includes(word)) &&
      (!project.value || item.dataset.project === project.value) &&
      (!state.value || item.dataset.state.split(" ").includes(state.value));
  }

  // A patch is shown everywhere or nowhere: one of its parts is enough to find it.
  function filter() {
    const shown = new Set(items.filter(matches).map((item) => item.dataset.patch));
    for (const item of items) {
      const here = shown.has(item.dataset.patch);
      if (item instanceof SVGElement) item.classList.toggle("dim", !here);
      else item.hidden = !here;
    }
    const rows = Array.from(document.querySelectorAll("article[data-patch]"));
    told.textContent = rows.filter((row) => !row.hidden).length + " of " + rows.length + " patches";
  }

  function sort(button) {
    const head = button.closest("th");
    const table = head.closest("table");
    const column = Array.from(head.parentNode.children).indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.children[column].dataset.key || row.children[column].textContent.trim();
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).sort((a, b) =>
      key(a).localeCompare(key(b), "en", { numeric: true }) * (down ? -1 : 1));
    body.append(...rows);
  }

  let opened = [];
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const field of [words, project, state]) {
    field.addEventListener("input", filter);
    field.addEventListener("change", filter);
  }
  for (const button of document.querySelectorAll("thead button")) {
    button.addEventListener("click", () => sort(button));
  }
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
  filter();
})();
