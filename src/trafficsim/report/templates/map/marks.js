// What lies on top of the roads: signals as they show now, signs, things beside the road, findings, what is chosen.

const MARK_RADIUS = 11, CLUSTER = 34;
const LEVELS = { error: ["#b00020", "!"], warning: ["#8a5a00", "!"], info: ["#0b4f8a", "i"] };
const RANK = { error: 0, warning: 1, info: 2 };

class Marks {
  constructor(model, painter) { this.model = model; this.painter = painter; this.hits = []; }

  paint(context, view, state) {
    this.context = context; this.view = view; this.state = state; this.hits = [];
    this.painter.context = context; this.painter.view = view;
    const box = view.box(30);
    const links = view.scale >= 0.8 ? [...this.model.grid.within(...box)] : [];
    this.paintChosen();
    if (state.shown.signals) this.paintSignals(links);
    if (state.shown.signs && view.scale >= 1.2) this.paintSigns(links);
    this.paintThings();
    if (state.shown.findings) this.paintFindings();
    if (state.cross) this.paintCross();
  }

  inside(px, py, margin = 20) { return px > -margin && py > -margin && px < this.view.width + margin && py < this.view.height + margin; }
  hit(px, py, radius, kind, number, also = {}) { this.hits.push({ px, py, radius, kind, number, ...also }); }

  paintSignals(links) {
    const { model, view, context, state } = this;
    if (view.scale >= 1) {
      for (const link of links) this.paintStopLines(link);
    }
    model.data.signals.forEach((signal, number) => {
      const at = model.placeOf("signal", number);
      if (!at) return;
      const px = view.px(at[0]), py = view.py(at[1]);
      if (!this.inside(px, py)) return;
      if (view.scale < 0.06) { context.fillStyle = "#1b1b1b"; const size = model.data.signals.length > 1000 ? 2 : 4; context.fillRect(px - size / 2, py - size / 2, size, size); return; }
      signalIcon(context, px, py, model.bySignal[number].length ? "" : "off");
      this.hit(px, py, 11, "signal", number);
    });
  }

  paintStopLines(link) { // a bar over every lane in the colour of its signal, and the paths that have green
    const { model, view, context, state } = this, { from_lane: fromLane, controller } = model.data.connections;
    const seen = new Map();
    for (const row of model.leaving[link]) {
      if (controller[row] < 0) continue;
      const letter = model.letterOf(row, state.time);
      const best = "Ggsyuro".indexOf(letter), lane = Math.min(fromLane[row], model.laneCount[link] - 1);
      if (!seen.has(lane) || best < "Ggsyuro".indexOf(seen.get(lane))) seen.set(lane, letter);
      if ("Ggysu".includes(letter) && letter && view.scale >= 1.4) {
        const curve = model.curve(row);
        if (curve) { context.beginPath(); this.painter.traceCurve(curve); this.painter.stroke(signalColour(letter), Math.max(1.6, Math.min(4, 0.4 * view.scale)), letter === "g" ? [6, 4] : []); }
      }
    }
    for (const [lane, letter] of seen) {
      const line = model.laneLine(link, lane), last = line.length - 2;
      const [ux, uy] = unit(line[last] - line[last - 2], line[last + 1] - line[last - 1]);
      const half = model.laneWidths[link][lane] * 0.46, x = line[last], y = line[last + 1];
      context.beginPath();
      context.moveTo(view.px(x + uy * half), view.py(y - ux * half));
      context.lineTo(view.px(x - uy * half), view.py(y + ux * half));
      this.painter.stroke(signalColour(letter), Math.max(2.5, 0.7 * view.scale));
    }
  }

  paintSigns(links) {
    const { model, view, context } = this, { sign } = model.data.links;
    for (const link of links) {
      const kind = model.data.signs[sign[link]];
      if (kind === "none" || kind === "signal" || !model.lines[link]) continue;
      const line = model.roadCentre(link), last = line.length - 2;
      const [ux, uy] = unit(line[last] - line[last - 2], line[last + 1] - line[last - 1]);
      const out = model.side * (model.roadWidth[link] / 2 + 9 / view.scale), back = 4 / view.scale + 1;
      const px = view.px(line[last] + uy * out - ux * back), py = view.py(line[last + 1] - ux * out - uy * back);
      if (!this.inside(px, py)) continue;
      signIcon(context, px, py, kind);
      this.hit(px, py, 9, "link", link);
    }
  }

  paintThings() {
    const { model, view, context, state } = this;
    model.data.things.forEach((thing, number) => {
      if (!thing.at || !state.shown[thing.kind]) return;
      let [x, y] = model.placeOf("thing", number);
      const link = thing.links[0];
      if (thing.kind !== "zone" && link !== undefined && model.lines[link]) [x, y] = this.besideRoad(link, x, y, thing);
      const px = view.px(x), py = view.py(y);
      if (!this.inside(px, py)) return;
      if (view.scale < 0.08 && thing.kind !== "zone") { context.fillStyle = "#5f3f8f"; context.fillRect(px - 2, py - 2, 4, 4); return; }
      thingIcon(context, px, py, thing.kind, thing.name);
      this.hit(px, py, 10, "thing", number);
    });
  }

  besideRoad(link, x, y, thing) { // a detector lies in its lane, the rest stands beside the road
    const { model, view } = this, line = model.lines[link];
    let best = 0, least = Infinity;
    for (let at = 0; at + 3 < line.length; at += 2) {
      const gap = distanceTo(line.subarray(at, at + 4), x, y);
      if (gap < least) { least = gap; best = at; }
    }
    const [ux, uy] = unit(line[best + 2] - line[best], line[best + 3] - line[best + 1]);
    const offset = thing.kind === "detector"
      ? (thing.lane >= 0 && thing.lane < model.laneCount[link] ? model.laneOffset(link, thing.lane) : model.roadOffset(link))
      : model.roadOffset(link) + model.side * (model.roadWidth[link] / 2 + 10 / view.scale);
    return [x + uy * offset, y - ux * offset];
  }

  paintFindings() { // near ones share a marker, with their number
    const { model, view, context, state } = this;
    const cells = new Map();
    for (const mark of model.marks) {
      const level = model.data.findings[mark.finding].level;
      if (!state.levels[level]) continue;
      const px = view.px(mark.x), py = view.py(mark.y);
      if (!this.inside(px, py)) continue;
      const key = `${Math.floor(px / CLUSTER)} ${Math.floor(py / CLUSTER)}`;
      if (!cells.has(key)) cells.set(key, { px: 0, py: 0, marks: [], level });
      const cell = cells.get(key);
      cell.px += px; cell.py += py; cell.marks.push(mark);
      if (RANK[level] < RANK[cell.level]) cell.level = level;
    }
    for (const cell of cells.values()) {
      const px = cell.px / cell.marks.length, py = cell.py / cell.marks.length - 15;
      const findings = [...new Set(cell.marks.map((mark) => mark.finding))];
      findingIcon(context, px, py, cell.level, cell.marks.length);
      this.hit(px, py, MARK_RADIUS + 1, findings.length > 1 ? "cluster" : "finding", findings[0], { findings });
    }
  }

  paintChosen() {
    const { model, view, context, state } = this, chosen = state.chosen;
    if (!chosen) return;
    const targets = chosen.kind === "finding" ? model.data.findings[chosen.number].at.map(([kind, number]) => ({ kind, number })) : [chosen];
    for (const { kind, number, lane } of targets) {
      if (kind === "link") this.halo(number, lane);
      if (kind === "connection") this.haloCurve(number, chosen.kind === "connection");
      if (kind === "signal") for (const row of model.bySignal[number]) this.haloCurve(row, false);
      if (kind === "thing") for (const link of model.data.things[number].links) this.halo(link);
      const at = model.placeOf(kind, number);
      if (at && kind !== "link" && kind !== "connection") {
        context.beginPath();
        context.arc(view.px(at[0]), view.py(at[1]), 17, 0, 2 * Math.PI);
        this.painter.stroke("#e6007e", 3);
      }
    }
  }

  halo(link, lane) {
    const { model, view, context } = this;
    if (!model.lines[link]) return;
    const own = lane >= 0 && lane < model.laneCount[link] && view.scale >= LANES_FROM;
    const line = own ? model.laneLine(link, lane) : model.roadCentre(link);
    const width = own ? model.laneWidths[link][lane] : model.roadWidth[link];
    context.lineCap = "butt";
    context.beginPath(); this.painter.trace(line);
    this.painter.stroke("#e6007e66", Math.max(7, width * view.scale + 3));
    context.beginPath(); this.painter.trace(line);
    this.painter.stroke("#e6007e", 2);
    const [x, y, dx, dy] = middle(line);
    context.save();
    context.translate(view.px(x), view.py(y)); context.rotate(Math.atan2(-dy, dx));
    context.beginPath(); context.moveTo(9, 0); context.lineTo(-5, -6); context.lineTo(-5, 6); context.closePath();
    context.fillStyle = "#e6007e"; context.fill();
    context.restore();
  }

  haloCurve(row, withOthers) {
    const { model, view, context } = this, { crosses, yields } = model.data.connections;
    const draw = (other, colour, width, dash = []) => {
      const curve = model.curve(other);
      if (curve) { context.beginPath(); this.painter.traceCurve(curve); this.painter.stroke(colour, width, dash); }
    };
    if (withOthers) {
      for (const other of crosses[row]) draw(other, "#c46a00", 2);
      for (const other of yields[row]) draw(other, "#b00020", 3);
    }
    draw(row, withOthers ? "#e6007e" : "#e6007e55", Math.max(withOthers ? 3 : 8, Math.min(withOthers ? 6 : 14, (withOthers ? 0.8 : 1.6) * view.scale)));
  }

  paintCross() {
    const { context, view } = this, x = view.width / 2, y = view.height / 2;
    context.beginPath();
    context.moveTo(x - 12, y); context.lineTo(x + 12, y); context.moveTo(x, y - 12); context.lineTo(x, y + 12);
    this.painter.stroke("#ffffff", 4);
    this.painter.stroke("#000000", 1.5);
  }

  // What lies under a point of the canvas: markers first, then paths, lanes and junctions.
  at(px, py) {
    for (let place = this.hits.length - 1; place >= 0; place--) {
      const hit = this.hits[place];
      if (Math.hypot(hit.px - px, hit.py - py) <= hit.radius + 2) return hit;
    }
    const { model, view, state } = this, x = view.mx(px), y = view.my(py), reach = 8 / view.scale;
    const links = [...model.grid.within(x - 60, y - 60, x + 60, y + 60)];
    if (view.scale >= 1 && state.shown.connections) {
      const row = this.nearestCurve(links, x, y);
      if (row >= 0) return { kind: "connection", number: row };
    }
    const road = this.nearestRoad(links, x, y, reach);
    if (road) return road;
    let best = null, least = Math.max(reach * 1.5, 4);
    for (const node of model.nodeGrid.within(x - 60, y - 60, x + 60, y + 60)) {
      const at = model.nodes[node], gap = inHull(model.hull(node), x, y) ? 0 : Math.hypot(at[0] - x, at[1] - y);
      if (gap < least) { least = gap; best = { kind: "node", number: node }; }
    }
    return best;
  }

  nearestCurve(links, x, y) {
    let best = -1, least = 6 / this.view.scale;
    for (const link of links) {
      for (const row of this.model.leaving[link]) {
        const curve = this.model.curve(row);
        if (!curve) continue;
        const points = [];
        for (let step = 0; step <= 10; step++) points.push(...bezier(curve, step / 10));
        const gap = distanceTo(points, x, y);
        if (gap < least) { least = gap; best = row; }
      }
    }
    return best;
  }

  nearestRoad(links, x, y, reach) {
    const { model, view } = this, { layer } = model.data.links;
    let best = null, least = Infinity;
    for (const link of links) {
      const gap = Math.max(0, distanceTo(model.roadCentre(link), x, y) - model.roadWidth[link] / 2);
      const rank = gap - layer[link] * 1e-3;
      if (gap <= reach && rank < least) { least = rank; best = link; }
    }
    if (best === null) return null;
    let lane = -1, nearest = Infinity;
    for (let one = 0; view.scale >= LANES_FROM && one < model.laneCount[best]; one++) {
      const gap = distanceTo(model.laneLine(best, one), x, y);
      if (gap < nearest) { nearest = gap; lane = one; }
    }
    return { kind: "link", number: best, lane };
  }
}

function inHull(hull, x, y) {
  let inside = false;
  for (let a = 0, b = hull.length - 1; a < hull.length; b = a++) {
    const [ax, ay] = hull[a], [bx, by] = hull[b];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function polygon(context, points) {
  context.beginPath();
  points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

function signalIcon(context, x, y, off) {
  context.fillStyle = "#1b1b1b"; context.strokeStyle = "#ffffff"; context.lineWidth = 1.5;
  context.beginPath(); context.rect(x - 5, y - 10, 10, 20); context.fill(); context.stroke();
  [["#ff5252", -6], ["#ffd740", 0], ["#69f0ae", 6]].forEach(([colour, down]) => {
    context.fillStyle = off ? "#777777" : colour;
    context.beginPath(); context.arc(x, y + down, 2.3, 0, 2 * Math.PI); context.fill();
  });
}

function signIcon(context, x, y, kind) {
  context.lineJoin = "round"; context.setLineDash([]);
  if (kind === "give_way" || kind === "roundabout") {
    polygon(context, [[x - 8, y - 6], [x + 8, y - 6], [x, y + 8]]);
    context.fillStyle = "#ffffff"; context.fill(); context.lineWidth = 2.5; context.strokeStyle = "#c00000"; context.stroke();
    if (kind === "roundabout") { context.beginPath(); context.arc(x, y - 2, 2.6, 0.4, 2 * Math.PI); context.lineWidth = 1.3; context.strokeStyle = "#0b4f8a"; context.stroke(); }
  } else if (kind === "right_before_left") {
    polygon(context, [[x - 8, y + 7], [x + 8, y + 7], [x, y - 8]]);
    context.fillStyle = "#ffffff"; context.fill(); context.lineWidth = 2; context.strokeStyle = "#c00000"; context.stroke();
    context.beginPath(); context.moveTo(x - 3, y - 1); context.lineTo(x + 3, y + 5); context.moveTo(x + 3, y - 1); context.lineTo(x - 3, y + 5);
    context.lineWidth = 1.6; context.strokeStyle = "#000000"; context.stroke();
  } else {
    polygon(context, Array.from({ length: 8 }, (_, at) => [x + 8.5 * Math.cos((at + 0.5) * Math.PI / 4), y + 8.5 * Math.sin((at + 0.5) * Math.PI / 4)]));
    context.fillStyle = "#c00000"; context.fill(); context.lineWidth = 1.3; context.strokeStyle = "#ffffff"; context.stroke();
    context.fillStyle = "#ffffff"; context.font = "bold 6px sans-serif"; context.textAlign = "center"; context.textBaseline = "middle";
    context.fillText(kind === "all_way_stop" ? "ALL" : "STOP", x, y + 0.5);
  }
}

function thingIcon(context, x, y, kind, name) {
  context.setLineDash([]); context.lineWidth = 1.5; context.textAlign = "center"; context.textBaseline = "middle";
  if (kind === "detector") {
    context.fillStyle = "#ffffff"; context.strokeStyle = "#0b4f8a"; context.beginPath(); context.rect(x - 5, y - 5, 10, 10); context.fill(); context.stroke();
    context.beginPath(); context.moveTo(x - 5, y - 5); context.lineTo(x + 5, y + 5); context.stroke();
  } else if (kind === "stop") {
    context.fillStyle = "#f2c200"; context.strokeStyle = "#00573f"; context.lineWidth = 2;
    context.beginPath(); context.arc(x, y, 7.5, 0, 2 * Math.PI); context.fill(); context.stroke();
    context.fillStyle = "#00573f"; context.font = "bold 10px sans-serif"; context.fillText("H", x, y + 0.5);
  } else if (kind === "zone") {
    context.fillStyle = "#5f3f8f"; context.strokeStyle = "#ffffff";
    polygon(context, [[x, y - 9], [x + 9, y], [x, y + 9], [x - 9, y]]); context.fill(); context.stroke();
    if (name) { context.font = "11px sans-serif"; context.lineWidth = 3; context.strokeStyle = "#ffffff"; context.strokeText(name.slice(0, 20), x, y + 17); context.fillStyle = "#5f3f8f"; context.fillText(name.slice(0, 20), x, y + 17); }
  } else {
    context.fillStyle = "#222222"; context.strokeStyle = "#ffffff";
    context.beginPath(); context.rect(x - 8, y - 5, 16, 11); context.fill(); context.stroke();
    context.fillStyle = "#222222"; context.fillRect(x - 4, y - 8, 6, 4);
    context.fillStyle = "#ffffff"; context.beginPath(); context.arc(x, y + 0.5, 3.4, 0, 2 * Math.PI); context.fill();
    context.fillStyle = "#222222"; context.beginPath(); context.arc(x, y + 0.5, 1.6, 0, 2 * Math.PI); context.fill();
  }
}

function findingIcon(context, x, y, level, count) {
  const [colour, letter] = LEVELS[level];
  context.setLineDash([]); context.fillStyle = colour; context.strokeStyle = "#ffffff"; context.lineWidth = 2;
  context.beginPath(); context.moveTo(x - 5, y + 8); context.lineTo(x, y + 15); context.lineTo(x + 5, y + 8); context.fill();
  context.beginPath();
  if (level === "warning") context.rect(x - 10, y - 10, 20, 20); else context.arc(x, y, level === "info" ? 9 : MARK_RADIUS, 0, 2 * Math.PI);
  context.fill(); context.stroke();
  context.fillStyle = "#ffffff"; context.font = `bold ${count > 99 ? 9 : 12}px sans-serif`; context.textAlign = "center"; context.textBaseline = "middle";
  context.fillText(count > 1 ? String(count) : letter, x, y + 0.5);
}
