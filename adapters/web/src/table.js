// The live table: one row per aircraft, of which only what changed is touched.
import { columns } from "./columns.js";
import { firstRows } from "./order.js";

const LIMIT = 500; // rows; more make a browser slow, and nobody reads them
const STALE_S = 30;

export class Table {
  #rows = new Map(); // hex -> {element, cells, texts}
  #headings;
  #order = { column: columns.find((c) => c.title === "Distance"), descending: false };
  #onOrder;

  /** head is a row, body a section of a table; onOrder is called when the reader chose another order. */
  constructor(head, body, onOrder) {
    this.body = body;
    this.#onOrder = onOrder;
    this.#headings = columns.map((column) => this.#heading(column));
    head.append(...this.#headings);
    this.#markOrder();
  }

  /** Shows the aircraft; returns how many of them. ageOf gives an aircraft's age in seconds. */
  render(aircraft, ageOf) {
    const rows = firstRows(aircraft, this.#order, ageOf, LIMIT);
    const shown = new Set(rows.map((row) => row.aircraft.hex));
    for (const [hex, { element }] of this.#rows) {
      if (shown.has(hex)) continue;
      element.remove();
      this.#rows.delete(hex);
    }
    let next = this.body.firstChild;
    for (const row of rows) {
      const { element } = this.#update(row);
      if (element === next) next = next.nextSibling;
      else this.body.insertBefore(element, next);
    }
    return rows.length;
  }

  #update({ aircraft, age, emergency }) {
    const row = this.#rows.get(aircraft.hex) ?? this.#add(aircraft.hex);
    columns.forEach((column, i) => {
      const text = column.show(aircraft, age);
      if (row.texts[i] !== text) row.cells[i].textContent = row.texts[i] = text;
    });
    const kind = emergency ? "emergency" : age > STALE_S ? "stale" : "";
    if (row.element.className !== kind) row.element.className = kind;
    return row;
  }

  #add(hex) {
    const element = document.createElement("tr");
    const cells = columns.map((column) => {
      const cell = document.createElement("td");
      if (column.numeric) cell.className = "number";
      return cell;
    });
    element.append(...cells);
    const row = { element, cells, texts: [] };
    this.#rows.set(hex, row);
    return row;
  }

  #heading(column) {
    const heading = document.createElement("th");
    heading.scope = "col";
    if (column.numeric) heading.className = "number";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.title;
    if (column.hint) button.title = column.hint;
    if (column.unit) {
      const unit = document.createElement("small");
      unit.textContent = column.unit;
      button.append(" ", unit);
    }
    button.addEventListener("click", () => {
      const again = this.#order.column === column;
      this.#order = { column, descending: again && !this.#order.descending };
      this.#markOrder();
      this.#onOrder();
    });
    heading.append(button);
    return heading;
  }

  #markOrder() {
    const { column, descending } = this.#order;
    columns.forEach((c, i) => {
      if (c === column) this.#headings[i].setAttribute("aria-sort", descending ? "descending" : "ascending");
      else this.#headings[i].removeAttribute("aria-sort");
    });
  }
}
