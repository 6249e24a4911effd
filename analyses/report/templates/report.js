// Sorts the rows of tables by a column, and opens what a link leads to. Without it the page has all the same content.
"use strict";
(() => {
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const key = (row, place) => {
    const cell = row.cells[place];
    const data = cell.querySelector("data");
    return data ? Number(data.value) : cell.textContent.trim();
  };
  const compare = (one, other) => {
    const numbers = [typeof one, typeof other].filter((kind) => kind === "number").length;
    if (numbers === 2) return one - other;
    if (numbers === 1) return typeof one === "number" ? -1 : 1;
    return collator.compare(one, other);
  };
  const sort = (table, place, heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
      rows.sort((a, b) => compare(key(a, place), key(b, place)) * (descending ? -1 : 1));
      body.append(...rows);
    }
  };
  const dress = () => {
    for (const table of document.querySelectorAll("table.sortable")) {
      [...table.tHead.rows[0].cells].forEach((heading, place) => {
        if (heading.querySelector("button")) return;
        const button = document.createElement("button");
        button.type = "button";
        button.append(...heading.childNodes);
        heading.append(button);
        button.addEventListener("click", () => sort(table, place, heading));
      });
    }
  };
  // A heading that holds a button is not repeated on the next page of paper.
  const undress = () => {
    for (const button of document.querySelectorAll("table.sortable thead button")) button.replaceWith(...button.childNodes);
  };
  dress();
  addEventListener("beforeprint", undress);
  addEventListener("afterprint", dress);
  const open = () => {
    let target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const shown = target;
    for (; target; target = target.parentElement) if (target.tagName === "DETAILS") target.open = true;
    if (shown) shown.scrollIntoView();
  };
  addEventListener("hashchange", open);
  if (location.hash) open();
})();
