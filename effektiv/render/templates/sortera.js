// Adds buttons that sort to the table of municipalities. Without it the table is in alphabetical order.
(() => {
  const table = document.querySelector("table.sortable");
  const headings = [...table.tHead.rows[0].cells];
  const words = new Intl.Collator("sv", { numeric: true });
  headings.forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const way = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", way);
      const turn = way === "ascending" ? 1 : -1;
      const key = (row) => row.cells[place].dataset.sort;
      const compare = heading.dataset.kind === "number" ? (a, b) => a - b : words.compare;
      // What is missing stays last, whichever way.
      const order = (a, b) => (key(a) === "") - (key(b) === "") || turn * compare(key(a), key(b));
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
    });
  });
  headings[0].setAttribute("aria-sort", "ascending");
})();
