// Starts the page, moves the view, and keeps the canvas up to date: roads on a sheet that is moved, marks on top.

const MOST_SCALE = 60, MARGIN = 0.35;

class Page {
  constructor(model) {
    this.model = model;
    this.canvas = document.getElementById("map");
    this.context = this.canvas.getContext("2d");
    this.sheet = document.createElement("canvas");
    this.sheetView = null;
    this.view = new View();
    this.painter = new Painter(model);
    this.marks = new Marks(model, this.painter);
    this.state = {
      time: 0, chosen: null, cross: false, levels: { error: true, warning: true, info: true },
      shown: { movements: true, connections: true, signals: true, signs: true, findings: true, enforcement: true, detector: true, stop: true, zone: true, names: true },
    };
    this.panel = new Panel(this);
    this.listen();
    this.resize();
    this.whole();
    this.open(decodeURIComponent(location.hash.slice(1)));
  }

  open(wanted) { // an address may end in #link=ID, #node=ID or #signal=ID
    const [, kind, id] = wanted.match(/^(link|node|signal)=(.*)$/s) || [];
    if (!kind) return;
    const { links, nodes, signals } = this.model.data, ids = { link: links.id, node: nodes.id, signal: signals.map((one) => one.id) }[kind];
    const number = ids.indexOf(id);
    if (number >= 0) this.choose({ kind, number }, true);
  }

  resize() {
    const box = this.canvas.getBoundingClientRect(), ratio = Math.min(2, window.devicePixelRatio || 1);
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(box.width * ratio));
    this.canvas.height = Math.max(1, Math.round(box.height * ratio));
    this.view.width = box.width; this.view.height = box.height;
    this.renew();
  }

  whole() { this.show([0, 0, this.model.width, this.model.height]); }
  show(box, most = MOST_SCALE) {
    const { view } = this, width = Math.max(1, box[2] - box[0]), height = Math.max(1, box[3] - box[1]);
    view.x = (box[0] + box[2]) / 2; view.y = (box[1] + box[3]) / 2;
    view.scale = Math.min(most, Math.max(this.least(), Math.min(view.width * 0.9 / width, view.height * 0.9 / height)));
    this.renew();
  }
  least() { return Math.min(0.9 * this.view.width / (this.model.width + 1), 0.9 * this.view.height / (this.model.height + 1), 2) / 2; }
  zoom(factor, px = this.view.width / 2, py = this.view.height / 2) {
    const { view } = this, x = view.mx(px), y = view.my(py);
    view.scale = Math.min(MOST_SCALE, Math.max(this.least(), view.scale * factor));
    view.x = x - (px - view.width / 2) / view.scale;
    view.y = y + (py - view.height / 2) / view.scale;
    this.soon();
  }
  pan(px, py) { this.view.x -= px / this.view.scale; this.view.y += py / this.view.scale; this.soon(); }

  renew() { this.stale = true; this.soon(); }
  soon() { if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.paint(); }); }

  // The sheet is larger than the canvas and drawn anew when the view leaves it, or when zooming has come to rest.
  paint() {
    const { view, sheetView: old } = this;
    const fits = old && !this.stale && Math.abs(old.scale / view.scale - 1) < 1e-6 && Math.abs(view.x - old.x) * view.scale < MARGIN * view.width && Math.abs(view.y - old.y) * view.scale < MARGIN * view.height;
    if (!fits) {
      clearTimeout(this.later);
      if (this.stale || !old || this.cost < 30) this.paintSheet();
      else this.later = setTimeout(() => { this.stale = true; this.soon(); }, 60);
    }
    const { context, ratio } = this, sheet = this.sheetView;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = COLOURS.ground;
    context.fillRect(0, 0, view.width, view.height);
    const grown = view.scale / sheet.scale;
    context.drawImage(this.sheet, view.px(sheet.mx(0)), view.py(sheet.my(0)), sheet.width * grown, sheet.height * grown);
    this.marks.paint(context, view, this.state);
    this.scaleBar();
  }

  paintSheet() {
    const began = performance.now(), { view, ratio } = this, sheet = new View();
    Object.assign(sheet, view, { width: Math.ceil(view.width * (1 + 2 * MARGIN)), height: Math.ceil(view.height * (1 + 2 * MARGIN)) });
    this.sheet.width = sheet.width * ratio; this.sheet.height = sheet.height * ratio;
    const context = this.sheet.getContext("2d", { alpha: false });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.painter.paint(context, sheet, this.state.shown);
    this.sheetView = sheet; this.stale = false;
    this.cost = performance.now() - began;
  }

  scaleBar() {
    const most = 120 / this.view.scale, power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((one) => one * power).find((one) => one <= most) || power;
    document.getElementById("scalebar").style.width = `${length * this.view.scale}px`;
    document.getElementById("scaletext").textContent = length >= 1000 ? `${this.panel.number(length / 1000)} ${this.panel.unit("km")}` : `${this.panel.number(length)} ${this.panel.unit("m")}`;
  }

  choose(found, move = false) {
    this.state.chosen = found && found.kind !== "cluster" ? found : null;
    this.panel.show(found);
    if (move && found) this.goTo(found);
    this.soon();
  }
  goTo({ kind, number }) {
    const boxes = kind === "finding" ? this.model.data.findings[number].at.map(([one, at]) => this.model.boxOf(one, at)) : [this.model.boxOf(kind, number)];
    const known = boxes.filter(Boolean);
    if (!known.length) return;
    const box = [Math.min(...known.map((one) => one[0])), Math.min(...known.map((one) => one[1])), Math.max(...known.map((one) => one[2])), Math.max(...known.map((one) => one[3]))];
    this.show([box[0] - 25, box[1] - 25, box[2] + 25, box[3] + 25], 8);
  }

  setTime(time) { this.state.time = time; this.panel.showTime(); this.soon(); }
  play(on) {
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => { const clock = document.getElementById("clock"); this.setTime((this.state.time + 1) % Number(clock.max)); }, 250);
  }

  listen() {
    const { canvas } = this, fingers = new Map();
    let moved = 0, spread = 0;
    const place = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); fingers.set(event.pointerId, place(event)); moved = 0; spread = 0; this.state.cross = false; });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId), now = place(event);
      if (!before) return;
      fingers.set(event.pointerId, now);
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (fingers.size === 1) { if (moved > 4) this.pan(now[0] - before[0], now[1] - before[1]); return; }
      const [a, b] = [...fingers.values()], gap = Math.hypot(a[0] - b[0], a[1] - b[1]);
      this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      if (spread) this.zoom(gap / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      spread = gap;
    });
    const up = (event) => {
      const was = fingers.delete(event.pointerId);
      if (was && event.type === "pointerup" && moved <= 4 && !fingers.size) this.choose(this.marks.at(...place(event)));
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...place(event)); }, { passive: false });
    canvas.addEventListener("dblclick", (event) => this.zoom(2, ...place(event)));
    canvas.addEventListener("focus", () => { this.state.cross = canvas.matches(":focus-visible"); this.soon(); });
    canvas.addEventListener("blur", () => { this.state.cross = false; this.soon(); });
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const [name, act] of [["closer", () => this.zoom(1.6)], ["farther", () => this.zoom(1 / 1.6)], ["whole", () => this.whole()]]) {
      document.getElementById(name).addEventListener("click", act);
    }
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
  }

  key(event) {
    const step = event.shiftKey ? 200 : 60;
    const acts = {
      ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.whole(),
      Enter: () => this.choose(this.marks.at(this.view.width / 2, this.view.height / 2)), Escape: () => this.choose(null),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.state.cross = true;
    acts[event.key]();
    this.soon();
  }
}

async function start() {
  const wait = document.getElementById("wait");
  if (typeof DecompressionStream === "undefined") { wait.textContent = wait.dataset.old; return; }
  const model = new Model(await unpack());
  window.page = new Page(model);
  wait.remove();
}

start();
