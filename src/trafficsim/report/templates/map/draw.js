// The network on the canvas: as lines from afar, as roads nearer, as lanes with their markings close up.

const ROADS_FROM = 0.3, LANES_FROM = 2.0, ARROWS_FROM = 3.5; // pixels per metre from which more is drawn
const COLOURS = {
  ground: "#f6f5f1", urban: "#6b7280", rural: "#8a6d3b", motorway: "#2f5597", surface: "#858b94", junction: "#9aa0a8",
  marking: "#ffffff", edge: "#e9ebee", reserved: "#a4677c", closed: "#d5d2c9", path: "#14627f", bridge: "#ffffff",
  green: "#007a5a", permitted: "#5bb974", yellow: "#d9a400", red: "#c62828", off: "#555555",
};

class View { // which part of the plane lies on the canvas
  constructor() { this.x = 0; this.y = 0; this.scale = 1; this.width = 1; this.height = 1; }
  px(x) { return (x - this.x) * this.scale + this.width / 2; }
  py(y) { return this.height / 2 - (y - this.y) * this.scale; }
  mx(px) { return (px - this.width / 2) / this.scale + this.x; }
  my(py) { return (this.height / 2 - py) / this.scale + this.y; }
  box(margin = 0) {
    const w = this.width / 2 / this.scale + margin, h = this.height / 2 / this.scale + margin;
    return [this.x - w, this.y - h, this.x + w, this.y + h];
  }
}

function signalColour(letter) {
  return { G: COLOURS.green, g: COLOURS.permitted, y: COLOURS.yellow, u: COLOURS.yellow, r: COLOURS.red, s: COLOURS.permitted }[letter] || COLOURS.off;
}

class Painter {
  constructor(model) { this.model = model; }

  // Draws what is fixed: roads, lanes, junctions. Signals, signs and markers come on top, for they change.
  paint(context, view, shown) {
    this.context = context; this.view = view; this.shown = shown;
    context.fillStyle = COLOURS.ground;
    context.fillRect(0, 0, view.width, view.height);
    const links = [...this.model.grid.within(...view.box(30))];
    for (const layer of this.model.layers) {
      const own = this.model.layers.length > 1 ? links.filter((link) => this.model.data.links.layer[link] === layer) : links;
      if (!own.length) continue;
      if (view.scale < ROADS_FROM) this.paintLines(own);
      else this.paintRoads(own, layer);
    }
    if (view.scale >= 0.25 && shown.names) this.paintNames(links);
  }

  trace(line, least = 0) {
    const { context, view } = this;
    let x = view.px(line[0]), y = view.py(line[1]);
    context.moveTo(x, y);
    for (let at = 2; at < line.length; at += 2) {
      const nx = view.px(line[at]), ny = view.py(line[at + 1]);
      if (at < line.length - 2 && Math.abs(nx - x) + Math.abs(ny - y) < least) continue;
      context.lineTo(nx, ny);
      x = nx; y = ny;
    }
  }

  stroke(colour, width, dash = []) {
    this.context.strokeStyle = colour;
    this.context.lineWidth = width;
    this.context.setLineDash(dash);
    this.context.stroke();
    this.context.setLineDash([]);
  }

  paintLines(links) { // from afar: one line per link, by class of road and number of lanes
    const { model, context, view } = this;
    const batches = new Map();
    for (const link of links) {
      const kind = (model.classes && model.classes.of(link)) || "urban";
      const key = `${kind} ${Math.min(3, model.laneCount[link])}`;
      if (!batches.has(key)) batches.set(key, []);
      batches.get(key).push(link);
    }
    context.lineCap = "round"; context.lineJoin = "round";
    for (const [key, own] of [...batches].sort()) {
      const [kind, lanes] = key.split(" ");
      context.beginPath();
      for (const link of own) this.trace(model.lines[link], 2);
      const rank = kind === "motorway" ? 1.5 : 1;
      this.stroke(COLOURS[kind] || COLOURS.urban, Math.max(0.6, Math.min(3.2, rank * (0.5 + 0.45 * Number(lanes)) * (0.6 + 2 * view.scale))));
    }
  }

  paintRoads(links, layer) {
    const { model, context, view, shown } = this;
    const close = view.scale >= LANES_FROM;
    context.lineCap = "butt"; context.lineJoin = "round";
    if (layer > 0) {
      for (const link of links) { context.beginPath(); this.trace(model.roadCentre(link)); this.stroke(COLOURS.bridge, model.roadWidth[link] * view.scale + 5); }
      for (const link of links) { context.beginPath(); this.trace(model.roadCentre(link)); this.stroke("#4a4a4a", model.roadWidth[link] * view.scale + 2); }
    }
    this.paintJunctions(layer);
    const batches = new Map();
    for (const link of links) {
      const colour = close ? COLOURS.surface : COLOURS[(model.classes && model.classes.of(link)) || "urban"] || COLOURS.urban;
      const key = `${model.roadWidth[link].toFixed(2)} ${colour}`;
      if (!batches.has(key)) batches.set(key, []);
      batches.get(key).push(link);
    }
    for (const [key, own] of batches) {
      const [width, colour] = key.split(" ");
      context.beginPath();
      for (const link of own) this.trace(model.roadCentre(link), 0.7);
      this.stroke(colour, Math.max(1, Number(width) * view.scale - (close ? 0 : 0.5)));
    }
    if (close) this.paintLanes(links);
    if (shown.connections && view.scale >= 1) this.paintConnections(links);
  }

  paintJunctions(layer) {
    const { model, context, view } = this;
    context.fillStyle = view.scale >= LANES_FROM ? COLOURS.junction : "#8d949d";
    context.beginPath();
    for (const node of model.nodeGrid.within(...view.box(60))) {
      if (Math.max(0, layer) !== model.nodeLayer(node)) continue;
      const hull = model.hull(node);
      hull.forEach(([x, y], at) => (at ? context.lineTo(view.px(x), view.py(y)) : context.moveTo(view.px(x), view.py(y))));
      if (hull.length) context.closePath();
    }
    context.fill();
  }

  paintLanes(links) {
    const { model, context, view } = this;
    for (const link of links) { // lanes that not everybody may use
      const allow = model.allow && model.allow.of(link);
      for (let lane = 0; Array.isArray(allow) && lane < allow.length; lane++) {
        if (!Array.isArray(allow[lane])) continue;
        context.beginPath();
        this.trace(model.laneLine(link, lane));
        this.stroke(allow[lane].length ? COLOURS.reserved : COLOURS.closed, model.laneWidths[link][lane] * view.scale);
      }
    }
    context.beginPath();
    for (const link of links) { // edges of the road
      for (const edge of [-1, 1]) this.trace(this.edgeLine(link, edge));
    }
    this.stroke(COLOURS.edge, Math.max(0.7, 0.12 * view.scale));
    context.beginPath();
    for (const link of links) { // lines between lanes
      for (let lane = 0; lane + 1 < model.laneCount[link]; lane++) {
        const offset = model.laneOffset(link, lane) - model.side * model.laneWidths[link][lane] / 2;
        this.trace(this.cached(link, 1000 + lane, offset));
      }
    }
    this.stroke(COLOURS.marking, Math.max(0.7, 0.14 * view.scale), [3 * view.scale, 3 * view.scale]);
    if (view.scale >= ARROWS_FROM && this.shown.movements) for (const link of links) this.paintArrows(link);
  }

  edgeLine(link, edge) { return this.cached(link, edge, this.model.roadOffset(link) + edge * (this.model.roadWidth[link] / 2 - 0.12)); }
  cached(link, key, offset) {
    const { laneLines, lines } = this.model, name = `${link}:${key}`;
    if (!laneLines.has(name)) laneLines.set(name, beside(lines[link], offset));
    return laneLines.get(name);
  }

  paintArrows(link) { // the turns that a lane's connections make, before its end
    const { model, view } = this;
    const turns = new Map();
    for (const row of model.leaving[link]) {
      const lane = model.data.connections.from_lane[row];
      if (!turns.has(lane)) turns.set(lane, new Set());
      turns.get(lane).add(model.turn ? model.turn.of(row) : "through");
    }
    for (const [lane, kinds] of turns) {
      if (lane >= model.laneCount[link]) continue;
      const line = model.laneLine(link, lane);
      const [x, y, dx, dy] = along(line, Math.max(0, lengthOf(line) - 7));
      this.paintArrow(view.px(x), view.py(y), Math.atan2(-dy, dx), kinds);
    }
  }

  paintArrow(x, y, angle, kinds) {
    const { context, view } = this, size = Math.min(view.scale, 14);
    context.save();
    context.translate(x, y); context.rotate(angle); context.scale(size, size);
    context.beginPath();
    const head = (hx, hy, ux, uy) => { context.moveTo(hx, hy); context.lineTo(hx - ux * 0.6 - uy * 0.4, hy - uy * 0.6 + ux * 0.4); context.moveTo(hx, hy); context.lineTo(hx - ux * 0.6 + uy * 0.4, hy - uy * 0.6 - ux * 0.4); };
    context.moveTo(-3.2, 0); context.lineTo(-1.6, 0);
    if (kinds.has("through")) { context.lineTo(2.2, 0); head(2.2, 0, 1, 0); }
    if (kinds.has("left")) { context.moveTo(-1.6, 0); context.quadraticCurveTo(-0.1, 0, -0.1, -1.3); head(-0.1, -1.35, 0, -1); }
    if (kinds.has("right")) { context.moveTo(-1.6, 0); context.quadraticCurveTo(-0.1, 0, -0.1, 1.3); head(-0.1, 1.35, 0, 1); }
    if (kinds.has("u_turn")) {
      const out = -this.model.side;
      context.moveTo(-1.6, 0); context.quadraticCurveTo(-0.6, 0, -0.6, out * 0.6); context.quadraticCurveTo(-0.6, out * 1.2, -1.8, out * 1.2); head(-1.9, out * 1.2, -1, 0);
    }
    context.restore();
    context.lineCap = "round";
    this.stroke(COLOURS.marking, Math.max(1, 0.17 * size));
    context.lineCap = "butt";
  }

  traceCurve(curve) {
    const { context, view } = this;
    context.moveTo(view.px(curve[0]), view.py(curve[1]));
    context.bezierCurveTo(view.px(curve[2]), view.py(curve[3]), view.px(curve[4]), view.py(curve[5]), view.px(curve[6]), view.py(curve[7]));
  }

  paintConnections(links) { // priority drawn through, give way dashed
    const { model, context, view } = this, { yields } = model.data.connections;
    for (const minor of [true, false]) {
      context.beginPath();
      for (const link of links) {
        for (const row of model.leaving[link]) {
          const curve = (yields[row].length > 0) === minor && model.curve(row);
          if (curve) this.traceCurve(curve);
        }
      }
      this.stroke(COLOURS.path, Math.max(0.8, Math.min(2.5, 0.25 * view.scale)), minor ? [5, 4] : []);
    }
  }

  paintNames(links) {
    const { model, context, view } = this;
    if (!model.names) return;
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    context.textAlign = "center"; context.textBaseline = "middle";
    const taken = new Set();
    for (const link of links) {
      const name = model.names.of(link), line = model.lines[link];
      if (!name) continue;
      const [x, y, dx, dy] = middle(model.roadCentre(link)), px = view.px(x), py = view.py(y);
      const key = `${name} ${Math.round(px / 260)} ${Math.round(py / 260)}`, spot = `${Math.round(px / 70)} ${Math.round(py / 22)}`;
      if (taken.has(key) || taken.has(spot) || lengthOf(line) * view.scale < 6.5 * name.length) continue;
      taken.add(key).add(spot);
      let angle = Math.atan2(-dy, dx);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle < -Math.PI / 2) angle += Math.PI;
      context.save();
      context.translate(px, py); context.rotate(angle);
      context.lineWidth = 3; context.strokeStyle = "#ffffffe0"; context.lineJoin = "round";
      context.strokeText(name, 0, 0);
      context.fillStyle = "#1b1b1b";
      context.fillText(name, 0, 0);
      context.restore();
    }
  }
}

function lengthOf(line) {
  let whole = 0;
  for (let at = 2; at < line.length; at += 2) whole += Math.hypot(line[at] - line[at - 2], line[at + 1] - line[at - 1]);
  return whole;
}
