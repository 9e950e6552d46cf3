// Explorers: the controls on the page move a chart, which Vega draws once it comes near the window.
//
// What the controls hold is the whole state; what differs from the start is kept in the address
// (page.html?name.parameter=0.3#name), so that a link brings it back.
(() => {
  const vegaAddress = new URL("vega/vega.min.js", document.currentScript.src).href;
  const still = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };

  let vega;
  const loadVega = () => vega ??= new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), {src: vegaAddress, onload: done, onerror: failed});
    document.head.append(script);
  }).then(() => window.vega);

  // Between the steps of the work, so that a phone answers to a finger in the meantime.
  const pause = () => new Promise(done => setTimeout(done));

  // Semicolons and commas may stand in an address, and a person can read it so.
  const query = parameters => parameters.toString().replaceAll("%3B", ";").replaceAll("%2C", ",").replaceAll("%2F", "/");

  class Explorer {
    constructor(element) {
      this.element = element;
      this.name = element.id;
      this.spec = JSON.parse(element.querySelector("script").textContent);
      this.inputs = [...element.querySelectorAll(`[name^="${this.name}."]`)];
      this.columns = [...new Set(this.cells().map(cell => cell.dataset.column))];
      this.start = this.state();
      element.addEventListener("input", event => this.moved(event.target));
      element.addEventListener("click", event => this.pressed(event.target.closest("button")));
      this.say = still(700, () => this.announce());
      this.remember = still(300, () => history.replaceState(history.state, "", this.address()));
      this.restore(new URLSearchParams(location.search));
    }

    cells() { return [...this.element.querySelectorAll("[data-column]")]; }

    key(input) { return input.name.slice(this.name.length + 1); }

    // The state: a number, a truth or a text for each parameter.
    state() {
      const state = {};
      for (const input of this.inputs) {
        if (input.type == "checkbox") state[this.key(input)] = input.checked;
        else if (input.type == "range") state[this.key(input)] = input.valueAsNumber;
        else if (input.type != "radio" || input.checked) state[this.key(input)] = input.value;
      }
      return state;
    }

    set(state) {
      for (const input of this.inputs) {
        const value = state[this.key(input)];
        if (value === undefined) continue;
        if (input.type == "checkbox") input.checked = value === true || value === "true";
        else if (input.type == "radio") input.checked ||= input.value == value;  // an unknown one changes nothing
        else input.value = value;
      }
      this.spread();
      this.update();
    }

    restore(parameters) {
      const state = {};
      for (const [key, value] of parameters) {
        if (key.startsWith(`${this.name}.`)) state[key.slice(this.name.length + 1)] = value;
      }
      this.set(state);
    }

    address() {
      const address = new URL(location.href);
      const state = this.state();
      for (const [key, value] of Object.entries(state)) {
        const name = `${this.name}.${key}`;
        if (value === this.start[key]) address.searchParams.delete(name);
        else address.searchParams.set(name, value);
      }
      address.search = query(address.searchParams);
      return address;
    }

    moved(input) {
      if (input.dataset.column) this.gather();
      this.update();
      this.remember();
    }

    pressed(button) {
      if (!button) return;
      if (button.dataset.preset) this.set(JSON.parse(button.dataset.preset));
      if (button.dataset.does == "reset") this.set(this.start);
      if (button.dataset.does == "add" || button.dataset.does == "remove") this.resize(button.dataset.does);
      if (button.dataset.does == "copy") this.copy();
      else this.remember();
    }

    async copy() {
      const address = this.address();
      address.hash = this.name;
      const link = address.href;
      try {
        await navigator.clipboard.writeText(link);
        this.tell("The link is copied.");
      } catch {
        prompt("Copy this link:", link);
      }
    }

    tell(words) { this.element.querySelector(".explorer-buttons [role=status]").textContent = words; }

    // Cells of a table, each column of which is one text.
    rows() { return [...this.element.querySelectorAll(".explorer-cells tbody tr")]; }

    gather() {
      const rows = this.rows().filter(row => !row.hidden);
      for (const column of this.columns) {
        const cells = rows.map(row => row.querySelector(`[data-column="${column}"]`).value.trim());
        this.inputs.find(input => this.key(input) == column).value = cells.join(";");
      }
    }

    spread() {
      if (!this.columns.length) return;
      const texts = this.columns.map(column => this.state()[column].split(";").map(text => text.trim()));
      const count = Math.max(...texts.map(text => text.length));
      this.rows().forEach((row, place) => {
        row.hidden = place >= count;
        this.columns.forEach((column, number) => {
          row.querySelector(`[data-column="${column}"]`).value = texts[number][place] ?? "";
        });
      });
      this.offer();
    }

    // Beside each number the probability that it comes to.
    share() {
      for (const column of this.columns.slice(1)) {
        const shares = this.view.signal(`${column}_shares`), fault = this.view.signal("fault");
        this.rows().forEach((row, place) => {
          const share = fault ? "" : `= ${shares[place].toFixed(4)}`;
          row.querySelector(`[data-column="${column}"] + output`).textContent = share;
        });
      }
    }

    resize(which) {
      const rows = this.rows(), open = rows.filter(row => !row.hidden);
      const row = which == "add" ? rows[open.length] : open.at(-1);
      row.hidden = which != "add";
      this.gather();
      this.offer();
      this.update();
      if (which == "add") row.querySelector("input").focus();
    }

    offer() {
      const open = this.rows().filter(row => !row.hidden).length;
      this.element.querySelector('[data-does="add"]').disabled = open == this.rows().length;
      this.element.querySelector('[data-does="remove"]').disabled = open <= 2;
    }

    // The drawing.
    async draw() {
      const {View, parse} = await loadVega();
      await pause();
      const flow = parse(this.spec);
      await pause();
      this.view = new View(flow, {renderer: "svg", hover: false});
      const box = document.createElement("div");
      this.view.initialize(box);
      await pause();
      await this.view.runAsync();
      this.update();
      await this.running;
      const picture = this.element.querySelector(".explorer-picture");
      picture.firstElementChild.replaceChildren(box);
      picture.ariaLabel += " That is how it starts; its values now are in the table that follows.";
      this.element.classList.add("live");
    }

    update() {
      const state = this.state();
      for (const input of this.inputs) {
        if (input.type == "range") this.element.querySelector(`output[for="${input.id}"]`).value = input.value;
      }
      if (!this.view) return;
      for (const [key, value] of Object.entries(state)) this.view.signal(key, value);
      this.running = this.view.runAsync().then(() => this.show());
    }

    show() {
      const rows = this.view.data(this.spec.usermeta.shown);
      this.lines = rows.map(({name, text, unit}) => [name, unit && text != "?" ? `${text} ${unit}` : text]);
      const cells = this.element.querySelectorAll(".explorer-values td");
      this.lines.forEach(([, text], place) => { cells[place].textContent = text; });
      const message = this.element.querySelector(".explorer-message");
      if (message) message.textContent = this.message = this.view.signal("message");
      this.share();
      this.say();
    }

    // For who listens: once the controls have come to rest.
    announce() {
      const words = this.message || this.lines.filter(([, text]) => text != "?").map(line => line.join(" ")).join("; ");
      this.element.querySelector(".explorer-spoken").textContent = words;
    }
  }

  const near = new IntersectionObserver(entries => {
    for (const {isIntersecting, target} of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.explorer.draw().catch(() => target.classList.add("failed"));
    }
  }, {rootMargin: "300px"});

  for (const element of document.querySelectorAll(".explorer")) {
    element.explorer = new Explorer(element);
    near.observe(element);
  }
})();
