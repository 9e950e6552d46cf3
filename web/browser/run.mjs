// Every code cell of a page can be edited and run in place. Python starts with the first click, in a worker.
const HERE = new URL("./", import.meta.url).href;
const NOTEBOOK = document.querySelector("script[data-notebook]").dataset.notebook;
const STORE = `changed cells of ${NOTEBOOK}`;
const RANKS = [".exercise", "details.solution"]; // a cell sees those above it of its own rank and below

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const count = number => (number === 1 ? "a cell" : `${number} cells`);
const button = (text, act, properties) =>
  element("button", { type: "button", textContent: text, onclick: act, ...properties });

// What a reader changed survives a reload. It is kept by the cell's own text, which outlives a new edition.
const changes = {
  all: () => JSON.parse(localStorage.getItem(STORE) ?? "{}"),
  set(original, text) {
    const all = changes.all();
    if (text === original) delete all[original];
    else all[original] = text;
    localStorage.setItem(STORE, JSON.stringify(all));
  },
  clear: () => localStorage.removeItem(STORE),
};

class Cell {
  constructor(box, index) {
    this.box = box;
    this.index = index;
    this.rank = RANKS.findLastIndex(selector => box.closest(selector)) + 1;
    this.input = box.querySelector(".cell_input");
    this.code = this.input.querySelector(".highlight");
    this.original = this.code.querySelector("pre").textContent.trimEnd();
    this.stored = box.querySelector(".cell_output");
    const name = `cell ${index + 1}`;
    this.runs = button("Run", () => this.run(), { className: "run-button", ariaLabel: `Run ${name}` });
    this.edits = button("Edit", () => this.edit(true), { ariaLabel: `Edit ${name}` });
    this.undo = button("Undo my changes", () => this.restore(), { hidden: true, ariaLabel: `Undo my changes of ${name}` });
    this.note = element("span", { role: "status" });
    this.input.append(element("div", { className: "run-bar" }, this.runs, this.edits, this.undo, this.note));
    const changed = changes.all()[this.original];
    if (changed !== undefined) this.edit(false, changed);
  }

  get source() {
    return this.editor?.value ?? this.original;
  }

  edit(focus, text = this.original) {
    this.editor = element("textarea", {
      className: "run-editor", value: text, spellcheck: false, autocapitalize: "off", autocomplete: "off",
      ariaLabel: `Code of cell ${this.index + 1}; Shift+Enter runs it`,
      oninput: () => this.changed(),
      onkeydown: event => this.key(event),
    });
    this.code.hidden = true;
    this.code.after(this.editor);
    this.edits.hidden = true;
    this.changed();
    if (focus) this.editor.focus();
  }

  changed() {
    changes.set(this.original, this.source);
    this.undo.hidden = this.source === this.original;
    this.editor.rows = this.source.split("\n").length;
  }

  key(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.shiftKey || event.ctrlKey || event.metaKey) return this.run();
    const before = this.editor.value.slice(0, this.editor.selectionStart).split("\n").at(-1);
    const indent = /^ */.exec(before)[0] + (before.trimEnd().endsWith(":") ? "    " : "");
    this.editor.setRangeText(`\n${indent}`, this.editor.selectionStart, this.editor.selectionEnd, "end");
    this.changed();
  }

  restore() {
    const focused = document.activeElement === this.undo;
    this.editor?.remove();
    this.editor = null;
    this.code.hidden = this.edits.hidden = false;
    this.undo.hidden = true;
    this.result?.remove();
    if (this.stored) this.stored.hidden = false;
    this.note.textContent = "";
    changes.set(this.original, this.original);
    if (focused) this.edits.focus();
  }

  async run() {
    this.note.textContent = "waits …";
    this.show(await python.run(this));
  }

  async show({ above, outputs }) {
    this.note.textContent = above.length ? `First ran what it needs of ${count(above.length)} above.` : "";
    const missing = outputs.find(output => output.missing)?.missing;
    if (missing) {
      this.note.textContent = `The Python in the browser has no ${missing}; run the chapter on your own machine for this cell.`;
      return;
    }
    this.result?.remove();
    this.box.given = outputs; // as they came, for the tests
    this.result = element("div", { className: "cell_output docutils container run-output", ariaLive: "polite" });
    if (this.stored) this.stored.hidden = true;
    this.box.append(this.result);
    this.result.append(...(await Promise.all(outputs.map(shown))));
    if (!outputs.length) this.note.textContent += " Done; it prints nothing.";
  }
}

// What a cell gives, in the richest of its forms that a page can show.
async function shown(output) {
  if (output.error) {
    const place = output.line ? ` (line ${output.line})` : "";
    return element("pre", { className: "run-error", textContent: output.error + place });
  }
  if (output.text !== undefined) return element("pre", { textContent: output.text });
  const { "image/svg+xml": svg, "text/html": html, "text/latex": tex, "text/plain": text } = output.data;
  if (svg) return picture(svg, text);
  const box = element("div", {});
  if (html) box.innerHTML = html;
  else if (tex) box.append(element("div", { className: "math block", textContent: tex.replace(/^\$+|\$+$/g, "") }));
  else return element("pre", { textContent: text });
  for (const math of box.querySelectorAll(".math")) {
    (await katex()).render(math.textContent, math, { displayMode: math.matches(".block"), throwOnError: false });
  }
  return box;
}

const once = make => {
  let made;
  return () => (made ??= make());
};
const katex = once(
  () => new Promise((done, fail) => {
    const script = element("script", { src: `${HERE}katex.min.js`, onload: () => done(window.katex), onerror: fail });
    document.head.append(script);
  }),
);
const palette = once(async () => (await fetch(`${HERE}palette.json`)).json());

async function picture(svg, alt) {
  const dark = Object.entries(await palette()).reduce((text, [light, other]) => text.replaceAll(light, other), svg);
  const image = (drawing, mode) =>
    element("img", { alt, className: `drawing ${mode}`, src: `data:image/svg+xml,${encodeURIComponent(drawing)}` });
  return element("div", {}, image(svg, "only-light"), image(dark, "only-dark"));
}

// The one Python of the page, and the line at the foot of the window that says what it does.
const python = {
  waiting: new Map(),
  count: 0,

  run(cell) {
    this.start();
    const sources = {};
    for (const other of cells) {
      if (other === cell || (other.index < cell.index && other.rank <= cell.rank)) sources[other.index] = other.source;
    }
    return new Promise(done => {
      const id = this.count++;
      this.waiting.set(id, { done, cell });
      this.worker.postMessage({ id, index: cell.index, sources });
      panel.busy(true);
    });
  },

  start() {
    if (this.worker) return;
    panel.box.hidden = false;
    panel.say("Python starts …");
    this.worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.end("Python could not start: a file of it did not arrive. Reload the page, and try again.");
  },

  hear({ id, loaded, running, above, outputs }) {
    if (loaded !== undefined) panel.say(`Python loads: ${(loaded / 1e6).toFixed(1)} MB …`);
    if (running !== undefined) {
      const first = above.length ? `first what it needs of ${count(above.length)} above, then ` : "";
      panel.say(`Runs ${first}this one …`);
    }
    if (id === undefined) return;
    this.waiting.get(id)?.done({ above, outputs });
    this.waiting.delete(id);
    if (!this.waiting.size) {
      panel.say("Python is ready.");
      panel.busy(false);
    }
  },

  end(reason) {
    this.worker?.terminate();
    this.worker = null;
    for (const { done } of this.waiting.values()) done({ above: [], outputs: [{ error: reason }] });
    this.waiting.clear();
    panel.busy(false);
    panel.say(reason);
  },
};

const panel = {
  build() {
    this.status = element("span", { role: "status" });
    this.stop = button("Stop", () => python.end("Stopped. Python has forgotten every name; running a cell makes again what it needs."));
    this.box = element("div", { id: "run-panel", hidden: true }, this.status, this.stop,
      button("Download as notebook", download), button("Undo all my changes", clear));
    document.body.append(this.box);
  },
  say(text) {
    this.status.textContent = text;
  },
  busy(is) {
    this.stop.disabled = !is;
  },
};

function clear() {
  if (!confirm("Undo all your changes on this page? They cannot be brought back.")) return;
  changes.clear();
  cells.forEach(cell => cell.restore());
}

async function download() {
  const notebook = await (await fetch(`${HERE}notebooks/${NOTEBOOK}.ipynb`)).json();
  for (const cell of cells.filter(cell => cell.source !== cell.original)) {
    const stored = notebook.cells.find(({ source }) => [source].flat().join("").trimEnd() === cell.original);
    Object.assign(stored, { source: cell.source, outputs: [], execution_count: null });
  }
  const file = new Blob([JSON.stringify(notebook, null, 1)], { type: "application/x-ipynb+json" });
  const link = element("a", { href: URL.createObjectURL(file), download: `${NOTEBOOK.split("/").at(-1)}.ipynb` });
  link.click();
  URL.revokeObjectURL(link.href);
}

// Say at the top of the page what can be done with it, and what the whole chapter costs before it is asked for.
function introduce() {
  const chapter = NOTEBOOK.split("/").at(-1);
  const whole = element("a", { href: `${HERE}lite/lab/index.html?path=${chapter}.ipynb` }, "open the whole chapter as a notebook");
  const text = element("p", { className: "run-intro" },
    "The code on this page runs in your browser: press Run below any of it, change it, run it again. Nothing is installed, " +
    "and nothing leaves your machine. Or ", whole, ", in JupyterLite (some 40 MB and twenty seconds, the first time).");
  const place = document.querySelector("article .chapter-place") ?? document.querySelector("article h1");
  place.after(text);
}

panel.build();
introduce();
const cells = [...document.querySelectorAll("article div.cell:has(> .cell_input)")].map((box, index) => new Cell(box, index));
if (Object.keys(changes.all()).length) panel.box.hidden = false;
