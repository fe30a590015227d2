"use strict";
(function () {
  const form = document.querySelector("form");
  const words = document.getElementById("words");
  const project = document.getElementById("project");
  const state = document.getElementById("state");
  const told = document.getElementById("told");
  const patches = Array.from(document.querySelectorAll("article[data-patch]"));
  let parts = null;

  // Read when somebody first looks for something: of a long series it is megabytes.
  function index() {
    const items = Array.from(document.querySelectorAll("[data-patch]"));
    const text = new Map();
    for (const item of items) {
      const name = item.dataset.patch;
      text.set(name, (text.get(name) || "") + " " + item.textContent.toLowerCase());
    }
    return { items, text, groups: Array.from(document.querySelectorAll(".card, .project")) };
  }

  function matches(patch, wanted) {
    const all = parts.text.get(patch.dataset.patch);
    return wanted.every((word) => all.includes(word)) &&
      (!project || !project.value || patch.dataset.project === project.value) &&
      (!state.value || patch.dataset.state.split(" ").includes(state.value));
  }

  // A patch is shown everywhere or nowhere: one of its parts is enough to find it.
  function filter() {
    parts = parts || index();
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = patches.filter((patch) => matches(patch, wanted));
    const shown = new Set(found.map((patch) => patch.dataset.patch));
    for (const item of parts.items) {
      const here = shown.has(item.dataset.patch);
      if (item instanceof SVGElement) item.classList.toggle("dim", !here);
      else item.hidden = !here;
    }
    for (const group of parts.groups) {
      const own = Array.from(group.querySelectorAll("li, tbody tr"));
      group.hidden = own.length > 0 && own.every((item) => item.hidden);
    }
    count(found.length);
  }

  function count(number) {
    told.textContent = number + " of " + patches.length + " patches";
  }

  function sort(button) {
    const head = button.closest("th");
    const table = head.closest("table");
    const column = Array.from(head.parentNode.children).indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map((row) => [row.children[column].textContent.trim(), row]);
    rows.sort((a, b) => compare(a[0], b[0]) * (down ? -1 : 1));
    body.append(...rows.map((pair) => pair[1]));
  }

  function kind(line) {
    if (line.startsWith("@@")) return "hunk";
    return { "+": "add", "-": "del" }[line[0]] || "";
  }

  // A diff is plain text until somebody opens it; then each line gets its colour. git indents a
  // range-diff; of a comparison of patches the outer sign counts, which may stand before a "++".
  function colour(pre) {
    const columns = pre.dataset.kind === "range" ? 4 : 0;
    const isFile = pre.dataset.kind === "diff" ? /^(\+\+\+|---|diff )/ : /^$/;
    const lines = pre.textContent.replace(/\n$/, "").split("\n");
    pre.replaceChildren(...lines.map((line) => {
      const span = document.createElement("span");
      span.className = isFile.test(line) ? "file" : kind(line.slice(columns));
      span.textContent = line + "\n";
      return span;
    }));
    pre.dataset.coloured = "";
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("focus", () => { parts = parts || index(); });
  words.addEventListener("input", filter);
  for (const choice of [project, state].filter(Boolean)) choice.addEventListener("change", filter);
  for (const button of document.querySelectorAll("thead button")) {
    button.addEventListener("click", () => sort(button));
  }
  document.addEventListener("toggle", (event) => {
    const pre = event.target.querySelector("pre[data-kind]:not([data-coloured])");
    if (pre && event.target.open) colour(pre);
  }, true);
  count(patches.length);
})();
