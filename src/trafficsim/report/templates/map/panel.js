// Everything beside the map: what is chosen and where it came from, search, findings, legend. All texts are set as text.

const SHOWN_HITS = 20;
const TELLING = ["lanes", "speed_limit_kmh", "road_class", "priority", "control", "length_m"]; // defaults that matter

function element(tag, attributes = {}, ...children) {
  const found = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "click") found.addEventListener("click", value);
    else if (value !== null && value !== false) found.setAttribute(name, value === true ? "" : value);
  }
  found.append(...children.filter((child) => child !== null && child !== ""));
  return found;
}

class Panel {
  constructor(page) {
    this.page = page;
    this.model = page.model;
    this.texts = page.model.data.texts;
    const language = page.model.data.language;
    this.numbers = new Intl.NumberFormat(language.includes("-u-nu-") ? language : `${language}-u-nu-latn`, { maximumFractionDigits: 3 });
    this.facts();
    this.listFindings();
    this.legend();
    this.clock();
    const search = document.getElementById("search");
    search.addEventListener("input", () => this.search(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") document.querySelector("#hits button")?.click();
      if (event.key === "ArrowDown") document.querySelector("#hits button")?.focus();
      if (event.key === "Escape") { search.value = ""; this.search(""); }
    });
    document.getElementById("hits").addEventListener("keydown", (event) => {
      const row = event.target.closest("li"), next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
      if (next) { event.preventDefault(); next.querySelector("button").focus(); }
    });
    document.getElementById("version").textContent = `trafficsim ${page.model.data.version}`;
  }

  text(key, values = {}) {
    const text = this.texts[`network_map.${key}`] ?? key;
    return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? `\u2068${values[name]}\u2069` : place));
  }
  unit(name) { return this.texts[`unit.${name.replace("/", "_per_")}`] ?? name; }
  number(value) { return this.numbers.format(value); }
  name(text) { return element("bdi", { translate: "no", dir: /[\u0590-\u08ff]/.test(text) ? "auto" : "ltr" }, String(text)); }
  foreign(text) { return element("span", { lang: "en", dir: "ltr", translate: "no" }, String(text)); }
  button(content, target, kind = "place") { return element("button", { type: "button", class: kind, click: () => this.page.choose(target, true) }, ...[content].flat()); }

  facts() {
    const { data } = this.model;
    const counts = [["links", this.model.links], ["junctions", data.nodes.id.length], ["connections", data.connections.from.length], ["signals", data.signals.length], ["findings", data.findings.length]];
    const parts = counts.map(([key, count]) => `${this.text(key)}: ${this.number(count)}`);
    if (data.left_hand) parts.push(this.text("left_hand"));
    document.getElementById("facts").textContent = parts.join(" · ");
  }

  // Names as people know them.
  linkName(link) { const name = this.model.names && this.model.names.of(link); return name ? `${name} (${this.model.data.links.id[link]})` : this.model.data.links.id[link]; }
  nodeName(node) { const name = this.model.nodeValue(node, "name"), id = this.model.data.nodes.id[node]; return name ? `${name} (${id})` : id; }
  signalName(number) { const { name, id } = this.model.data.signals[number]; return name ? `${name} (${id})` : id; }
  connectionName(row) {
    const { from, to } = this.model.data.connections, ids = this.model.data.links.id;
    return `${ids[from[row]] ?? "?"} → ${ids[to[row]] ?? "?"}`;
  }
  nameOf({ kind, number }) {
    const { data } = this.model;
    return { link: () => this.linkName(number), node: () => this.nodeName(number), signal: () => this.signalName(number), connection: () => this.connectionName(number), thing: () => data.things[number].name, finding: () => data.findings[number].code }[kind]();
  }
  kindOf({ kind, number }) { return this.text(kind === "thing" ? this.model.data.things[number].kind : kind); }

  show(target) {
    const box = document.getElementById("chosen");
    box.replaceChildren();
    if (!target) { box.append(element("p", { class: "soft" }, this.text("choose"))); this.showTime(); return; }
    const close = element("button", { type: "button", "aria-label": this.text("close"), title: this.text("close"), click: () => this.page.choose(null) }, "×");
    if (target.kind === "cluster") {
      box.append(element("div", { class: "head" }, element("h2", {}, this.text("several_findings")), close), ...target.findings.map((number) => this.findingRow(number)));
      return;
    }
    const zoom = element("button", { type: "button", click: () => this.page.goTo(target) }, this.text("zoom_to"));
    box.append(element("div", { class: "head" }, element("h2", {}, `${this.kindOf(target)} `, this.name(this.nameOf(target))), close), element("p", {}, zoom));
    ({ link: () => this.showLink(box, target), node: () => this.showNode(box, target.number), connection: () => this.showConnection(box, target.number), signal: () => this.showSignal(box, target.number), thing: () => this.showThing(box, target.number), finding: () => this.showFinding(box, target.number) })[target.kind]();
    this.findingsAt(box, target);
    this.fitClock(target);
    this.showTime();
  }

  // A table of attributes: what it is called, its value with unit, and where it came from.
  table(rows) {
    const body = element("tbody", {});
    for (const { name, value, unit, source, content } of rows) {
      const label = this.texts[`attribute.${name}`];
      const head = element("th", { scope: "row", title: name }, label ?? "", label ? "" : element("code", {}, name));
      body.append(element("tr", {}, head, element("td", {}, content ?? this.value(name, value, unit), source ? this.source(source) : "")));
    }
    if (!rows.some((row) => row.source)) return element("table", { class: "facts" }, body);
    return element("table", { class: "facts" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, this.text("attribute")), element("th", { scope: "col" }, this.text("value_from")))), body);
  }
  value(name, value, unit = "") {
    if (typeof value === "boolean") return this.text(value ? "yes" : "no");
    if (typeof value === "number") return element("bdi", { dir: "ltr" }, this.number(unit || this.unitOf(name) ? Math.round(value * 10) / 10 : value), unit ? ` ${this.unit(unit)}` : this.unitOf(name));
    if (Array.isArray(value)) return element("bdi", {}, value.map((one) => (one === null ? this.text("everyone") : Array.isArray(one) ? one.join(" ") || this.text("nobody") : typeof one === "number" ? this.number(one) : one || "–")).join(" | "));
    if (["name", "id", "link", "osm_way", "osm_nodes"].includes(name)) return this.name(value); // a street may be called like a value
    const known = this.texts[`${name === "turn" ? "turn" : "network_value"}.${value}`];
    return known ?? this.name(value);
  }
  unitOf(name) { const unit = { m: "m", s: "s", kmh: "km/h" }[name.split("_").pop()]; return unit ? ` ${this.unit(unit)}` : ""; }
  source(text) {
    const kind = text.split(":", 1)[0], rest = text.slice(kind.length + 1).trim();
    const known = `network_map.from_${kind}` in this.texts;
    const badge = element("span", { class: `kind ${known ? kind : ""}` }, known ? this.text(`from_${kind}`) : "");
    const finding = this.model.data.findings.findIndex((one) => one.code === rest);
    if (finding >= 0) return element("span", { class: "from" }, badge, " ", this.button(this.foreign(rest), { kind: "finding", number: finding }, "why"));
    return element("span", { class: "from" }, known ? badge : "", " ", known ? (rest ? this.foreign(rest) : "") : this.foreign(text));
  }
  rowsOf(columns, number, source = null) {
    return columns.filter((one) => one.of(number) !== null).map((one) => ({ name: one.name, value: one.of(number), unit: one.unit, source: source ?? one.sourceOf(number) }));
  }

  showLink(box, { number: link, lane = -1 }) {
    const { model } = this, { links } = model.data;
    const skip = ["turn_lanes", "allow", "lane_length_m", "lane_width_m"];
    const ends = [["from_node", links.from[link]], ["to_node", links.to[link]]].map(([name, node]) => ({ name, content: this.button(this.name(this.nodeName(node)), { kind: "node", number: node }) }));
    const rows = this.rowsOf(model.linkColumns, link).filter((row) => !skip.includes(row.name)), plain = rows.filter((row) => row.source === "default: " && !TELLING.includes(row.name));
    box.append(this.table([...rows.filter((row) => !plain.includes(row)), { name: "right_of_way", value: model.data.signs[links.sign[link]], source: model.data.connections.source }, ...ends]));
    this.defaults(box, plain);
    box.append(element("h3", {}, this.text("lanes_head")), this.laneTable(link, lane));
    for (const name of skip) {
      const column = model.column(model.linkColumns, name);
      if (column && column.of(link) !== null) box.append(element("p", { class: "small" }, `${this.texts[`attribute.${name}`] ?? name}: `, this.source(column.sourceOf(link))));
    }
    this.list(box, "connections_from", model.leaving[link].map((number) => ({ kind: "connection", number })));
    this.list(box, "beside_road", (model.thingsOn[link] || []).map((number) => ({ kind: "thing", number })));
    const groups = Object.entries(model.data.groups).filter(([, ids]) => ids.includes(links.id[link])).map(([name]) => name);
    if (groups.length) box.append(element("p", {}, `${this.text("groups")}: `, this.name(groups.join(", "))));
    if (!model.lines[link]) box.append(element("p", {}, this.text("no_place")));
  }
  defaults(box, rows) {
    if (rows.length) box.append(element("details", {}, element("summary", {}, `${this.text("at_default")} (${this.number(rows.length)})`), this.table(rows)));
  }
  laneTable(link, chosen) {
    const { model } = this, given = (name, lane) => { const all = model.linkValue(link, name); return Array.isArray(all) ? all[lane] : null; };
    const body = element("tbody", {});
    for (let lane = 0; lane < model.laneCount[link]; lane++) {
      const turns = new Set(model.leaving[link].filter((row) => model.data.connections.from_lane[row] === lane).map((row) => this.value("turn", model.turn ? model.turn.of(row) : "through")));
      const allow = given("allow", lane);
      const kinds = allow === null || allow === undefined ? this.text("everyone") : allow.length ? this.name(allow.join(", ")) : this.text("nobody");
      const marked = given("turn_lanes", lane);
      const cells = [[...turns].join(", ") || this.text("ends_here"), marked ? marked.split(";").map((one) => this.texts[`turn.${one}`] ?? one).join(", ") : "–", kinds, element("bdi", { dir: "ltr" }, this.number(model.laneWidths[link][lane]))];
      body.append(element("tr", { class: lane === chosen ? "here" : null }, element("th", { scope: "row" }, this.number(lane)), ...cells.map((cell) => element("td", {}, cell))));
    }
    const heads = ["lane", "lane_turns", "lane_marked", "lane_allows", "lane_width"].map((key) => element("th", { scope: "col" }, this.text(key)));
    return element("div", {}, element("p", { class: "soft small" }, this.text("lane_count_help")), element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
  }

  showNode(box, node) {
    const { model } = this, [coming, going] = [false, true].map((leaves) => model.atNode[node].filter(([, out]) => out === leaves).map(([link]) => ({ kind: "link", number: link })));
    const at = model.data.nodes.at[node], { corner, per_m: perM } = model.data;
    const rows = this.rowsOf(model.nodeColumns, node);
    if (at) rows.push({ name: "coordinates", content: element("bdi", { dir: "ltr" }, `x ${this.number(Math.round(corner[0] + at[0] / perM))}, y ${this.number(Math.round(corner[1] + at[1] / perM))} ${this.unit("m")}`) });
    const plain = rows.filter((row) => row.source === "default: " && !TELLING.includes(row.name));
    box.append(this.table(rows.filter((row) => !plain.includes(row))));
    this.defaults(box, plain);
    const signals = new Set(coming.flatMap(({ number }) => model.leaving[number]).map((row) => model.data.connections.controller[row]).filter((one) => one >= 0));
    this.list(box, "signals", [...signals].map((number) => ({ kind: "signal", number })));
    this.list(box, "links_in", coming);
    this.list(box, "links_out", going);
    if (!at) box.append(element("p", {}, this.text("no_place")));
  }

  showConnection(box, row) {
    const { model } = this, given = model.data.connections;
    const ends = [["from", "from_lane"], ["to", "to_lane"]].map(([end, lane]) => ({ name: `${end}_link`, content: element("span", {}, this.button(this.name(this.linkName(given[end][row])), { kind: "link", number: given[end][row], lane: given[lane][row] }), `${this.text("lane")} ${this.number(given[lane][row])}`) }));
    const signal = given.controller[row] >= 0 ? [{ name: "signal", content: this.button(this.name(this.signalName(given.controller[row])), { kind: "signal", number: given.controller[row] }) }] : [];
    box.append(this.table([...ends, ...this.rowsOf(model.connectionColumns, row).filter((one) => one.name !== "signal"), ...signal]), element("p", {}, `${this.text("all_of_it")} `, this.source(given.source)));
    this.list(box, "yields_to", given.yields[row].map((number) => ({ kind: "connection", number })));
    this.list(box, "conflicts_with", given.crosses[row].filter((one) => !given.yields[row].includes(one)).map((number) => ({ kind: "connection", number })));
  }

  showSignal(box, number) {
    const { model } = this, signal = model.data.signals[number];
    box.append(this.table([{ name: "id", value: signal.id }, { name: "cycle_s", value: model.cycle(number), unit: "s", source: signal.source }, { name: "offset_s", value: signal.offset_s, unit: "s", source: signal.source }, { name: "phases", value: signal.phases.length, source: signal.source }]));
    box.append(element("h3", {}, this.text("stages")), element("p", { class: "soft small" }, this.text("stages_help")), this.stageTable(number), element("h3", {}, this.text("groups_over_time")), this.bars(number));
    this.list(box, "controls", [...new Set(model.bySignal[number].map((row) => model.data.connections.from[row]))].map((link) => ({ kind: "link", number: link })));
  }
  stageTable(number) {
    const { model } = this, { phases, offset_s: offset } = model.data.signals[number], body = element("tbody", {});
    let begin = 0;
    phases.forEach(([duration, state], phase) => {
      const from = begin;
      begin += duration;
      const count = (letters) => [...state].filter((letter) => letters.includes(letter)).length;
      const show = element("button", { type: "button", click: () => this.page.setTime((((from + Math.min(duration / 2, 1) + offset) % model.cycle(number)) + model.cycle(number)) % model.cycle(number)) }, this.text("show"));
      body.append(element("tr", { "data-phase": phase }, element("th", { scope: "row" }, this.number(phase + 1)), element("td", {}, element("bdi", { dir: "ltr" }, `${this.number(from)}–${this.number(begin)}`)), element("td", {}, this.number(count("Gg"))), element("td", {}, this.number(count("yu"))), element("td", {}, show)));
    });
    this.phaseRows = { number, body };
    const heads = ["phase", "from_to_s", "greens", "yellows", "see"].map((key) => element("th", { scope: "col" }, this.text(key)));
    return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  }
  bars(number) { // one bar over the cycle per signal index, named by the movements that it lets go
    const { model } = this, { phases } = model.data.signals[number], cycle = model.cycle(number), byLetter = new Map();
    for (const row of model.bySignal[number]) { const letter = model.data.connections.letter[row]; if (!byLetter.has(letter)) byLetter.set(letter, []); byLetter.get(letter).push(row); }
    const merged = new Map();
    for (const [letter, rows] of byLetter) {
      const key = phases.map(([, state]) => state[letter]).join("");
      merged.set(key, [...(merged.get(key) || []), ...rows]);
    }
    const found = element("div", { class: "bars" });
    for (const [key, rows] of merged) {
      const names = [...new Set(rows.map((row) => `${model.data.links.id[model.data.connections.from[row]]} ${this.texts[`turn.${model.turn ? model.turn.of(row) : "through"}`]}`))];
      const bar = element("div", { class: "bar", role: "img", "aria-label": `${names.join(", ")}: ${this.greenText(phases, key)}` });
      phases.forEach(([duration], phase) => { const part = element("i", {}); part.style.inlineSize = `${100 * duration / cycle}%`; part.style.background = signalColour(key[phase]); if (key[phase] === "r") part.style.opacity = "0.35"; bar.append(part); });
      const now = element("span", { class: "now" });
      bar.append(now);
      found.append(element("div", {}, this.name(names.slice(0, 4).join(", ") + (names.length > 4 ? " …" : ""))), bar);
    }
    this.barsOf = { number, found };
    return found;
  }
  greenText(phases, key) {
    let begin = 0;
    const parts = [];
    phases.forEach(([duration], phase) => { if ("Gg".includes(key[phase])) parts.push(`${this.number(begin)}–${this.number(begin + duration)} ${this.unit("s")}`); begin += duration; });
    return `${this.text("green")} ${parts.join(", ") || "–"}`;
  }

  showThing(box, number) {
    const thing = this.model.data.things[number];
    box.append(this.table(thing.facts.map(([name, value, source]) => ({ name, value, source }))));
    this.list(box, "links", thing.links.map((link) => ({ kind: "link", number: link })));
    if (!thing.at) box.append(element("p", {}, this.text("no_place")));
  }

  showFinding(box, number) {
    const finding = this.model.data.findings[number];
    const rows = [{ name: "level", content: element("span", {}, this.levelMark(finding.level), this.text(finding.level)) }, { name: "where", content: this.foreign(finding.where) }, { name: "message", content: this.foreign(finding.message) }];
    if (finding.remedy) rows.push({ name: "remedy", content: this.foreign(finding.remedy) });
    if (finding.count > 1) rows.push({ name: "count", value: finding.count });
    box.append(this.table(rows));
    if (finding.count > finding.at.length && finding.at.length) box.append(element("p", { class: "soft small" }, this.text("named_places", { named: this.number(finding.at.length), all: this.number(finding.count) })));
    if (finding.placed) this.list(box, "places", finding.at.map(([kind, at]) => ({ kind, number: at })));
    else box.append(element("p", {}, this.text("finding_without_place")));
  }

  list(box, title, targets) {
    if (!targets.length) return;
    const rows = targets.slice(0, 200).map((target) => element("li", {}, this.button([target.kind === "connection" ? `${this.value("turn", this.model.turn ? this.model.turn.of(target.number) : "through")}: ` : "", this.name(this.nameOf(target))], target)));
    const list = element("ul", { style: "list-style:none;margin:0;padding:0" }, ...rows);
    const head = element("h3", {}, `${this.text(title)} (${this.number(targets.length)})`);
    if (targets.length <= 6) box.append(head, list);
    else box.append(element("details", {}, element("summary", {}, `${this.text(title)} (${this.number(targets.length)})`), list));
  }

  levelMark(level) { return element("span", { class: `level ${level}`, "aria-hidden": "true" }, LEVELS[level][1]); }
  findingRow(number) {
    const finding = this.model.data.findings[number];
    const place = finding.placed ? "" : ` (${this.text("not_on_map")})`;
    return this.button([this.levelMark(finding.level), this.foreign(finding.where || finding.code), place, element("span", { class: "message" }, this.foreign(finding.message))], { kind: "finding", number }, "finding");
  }
  findingsAt(box, { kind, number }) {
    if (kind === "finding") return;
    const found = this.model.data.findings.map((one, at) => [one, at]).filter(([one]) => one.at.some(([what, at]) => what === kind && at === number));
    if (found.length) box.append(element("h3", {}, `${this.text("findings")} (${this.number(found.length)})`), ...found.map(([, at]) => this.findingRow(at)));
  }
  listFindings() {
    const { findings } = this.model.data, box = document.getElementById("findings"), groups = new Map();
    findings.forEach((finding, number) => { const key = `${finding.level} ${finding.code}`; if (!groups.has(key)) groups.set(key, []); groups.get(key).push(number); });
    document.getElementById("findingshead").textContent = `${this.text("findings")} (${this.number(findings.length)})`;
    if (!findings.length) box.append(element("p", { class: "soft" }, this.text("no_findings")));
    for (const [key, numbers] of groups) {
      const [level, code] = key.split(" ");
      const rows = element("div", {});
      const group = element("details", {}, element("summary", {}, this.levelMark(level), this.foreign(code), ` (${this.text(level)}): ${this.number(numbers.length)}`), rows);
      group.addEventListener("toggle", () => { if (group.open && !rows.childElementCount) rows.append(...numbers.slice(0, 500).map((number) => this.findingRow(number))); });
      box.append(group);
    }
  }

  search(text) {
    const { model } = this, { data } = model, wanted = text.trim().toLocaleLowerCase(), hits = [];
    const look = (kind, count, nameOf) => {
      for (let number = 0; number < count && hits.length < 2000; number++) {
        const at = nameOf(number).toLocaleLowerCase().indexOf(wanted);
        if (at >= 0) hits.push([at === 0 ? 0 : 1, nameOf(number).length, { kind, number }]);
      }
    };
    if (wanted) {
      look("signal", data.signals.length, (number) => `${data.signals[number].id} ${data.signals[number].name}`);
      look("thing", data.things.length, (number) => data.things[number].name);
      look("node", data.nodes.id.length, (number) => `${data.nodes.id[number]} ${model.nodeValue(number, "name") ?? ""}`.trim());
      look("link", model.links, (number) => `${data.links.id[number]} ${model.names?.of(number) ?? ""}`.trim());
    }
    hits.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const rows = hits.slice(0, SHOWN_HITS).map(([, , target]) => element("li", {}, this.button([`${this.kindOf(target)} `, this.name(this.nameOf(target))], target)));
    if (wanted) rows.push(element("li", { class: "soft small", role: "status" }, hits.length ? this.text("hit_count", { shown: this.number(rows.length), all: this.number(hits.length) }) : this.text("no_hits")));
    document.getElementById("hits").replaceChildren(...rows);
  }

  legend() {
    const { data } = this.model, box = document.getElementById("legend"), { state } = this.page;
    const has = (kind) => data.things.filter((one) => one.kind === kind).length;
    const signed = (name) => data.links.sign.filter((one) => data.signs[one] === name).length;
    const icon = (draw) => { const canvas = element("canvas", { width: 44, height: 44, style: "inline-size:1.4rem;block-size:1.4rem", "aria-hidden": "true" }); const context = canvas.getContext("2d"); context.scale(2, 2); draw(context); return canvas; };
    const bar = (colour, dash = [], width = 4) => (context) => { context.strokeStyle = colour; context.lineWidth = width; context.setLineDash(dash); context.beginPath(); context.moveTo(1, 11); context.lineTo(21, 11); context.stroke(); };
    const row = (key, draw, layer = null, count = null, group = "shown") => {
      const label = `${this.text(key)}${count === null ? "" : ` (${this.number(count)})`}`;
      if (!layer) { box.append(element("div", { class: "layer" }, icon(draw), element("span", {}, label))); return; }
      const input = element("input", { type: "checkbox", id: `layer-${layer}`, checked: true });
      input.addEventListener("change", () => { state[group][layer] = input.checked; this.page.renew(); });
      box.append(element("div", { class: "layer" }, input, icon(draw), element("label", { for: `layer-${layer}` }, label)));
    };
    box.append(element("p", { class: "soft small" }, this.text("legend_help")));
    for (const level of ["error", "warning", "info"]) row(`findings_${level}`, (context) => findingIcon(context, 11, 10, level, 1), level, data.findings.filter((one) => one.level === level).length, "levels");
    row("signals", (context) => signalIcon(context, 11, 11), "signals", data.signals.length);
    row("signs", (context) => signIcon(context, 11, 11, "give_way"), "signs");
    for (const kind of ["give_way", "stop", "all_way_stop", "roundabout", "right_before_left"]) if (signed(kind)) row(`sign_${kind}`, (context) => signIcon(context, 11, 11, kind), null, signed(kind));
    for (const kind of ["enforcement", "detector", "stop", "zone"]) if (has(kind)) row(`${kind}s`, (context) => thingIcon(context, 11, 11, kind, ""), kind, has(kind));
    row("connections_drawn", bar(COLOURS.path, [], 2), "connections");
    row("connections_minor", bar(COLOURS.path, [4, 3], 2));
    row("movements", (context) => { bar(COLOURS.surface, [], 18)(context); context.strokeStyle = "#ffffff"; context.lineWidth = 2; context.setLineDash([]); context.beginPath(); context.moveTo(4, 11); context.lineTo(18, 11); context.moveTo(13, 7); context.lineTo(18, 11); context.lineTo(13, 15); context.stroke(); }, "movements");
    row("names", (context) => { context.font = "bold 13px sans-serif"; context.fillText("A", 6, 16); }, "names");
    for (const letter of ["G", "g", "y", "r"]) row(`letter_${letter}`, bar(signalColour(letter), letter === "g" ? [6, 3] : []));
    for (const kind of ["urban", "rural", "motorway"]) if (this.model.classes?.values.includes(kind)) row(`road_${kind}`, bar(COLOURS[kind]));
    row("lane_surface", bar(COLOURS.surface, [], 10)); row("lane_reserved", bar(COLOURS.reserved, [], 10)); row("lane_closed", bar(COLOURS.closed, [], 10));
    if (this.model.layers.some((layer) => layer > 0)) row("bridge", (context) => { bar("#4a4a4a", [], 14)(context); bar(COLOURS.surface, [], 10)(context); });
    row("chosen_one", bar("#e6007e"));
    row("chosen_yields", bar("#b00020", [], 3)); row("chosen_conflicts", bar("#c46a00", [], 2));
  }

  clock() {
    const { data } = this.model;
    if (!data.signals.length) return;
    document.getElementById("clockbox").hidden = false;
    const clock = document.getElementById("clock"), play = document.getElementById("play");
    this.longest = Math.max(...data.signals.map((_, number) => this.model.cycle(number)));
    clock.max = Math.ceil(this.longest);
    this.clockText();
    clock.addEventListener("input", () => this.page.setTime(Number(clock.value)));
    play.addEventListener("click", () => { const on = play.getAttribute("aria-pressed") !== "true"; play.setAttribute("aria-pressed", on); play.textContent = this.text(on ? "pause" : "play"); this.page.play(on); });
  }
  fitClock({ kind, number }) { if (kind === "signal") document.getElementById("clock").max = Math.ceil(this.model.cycle(number)); }
  clockText() {
    document.getElementById("clock").value = this.page.state.time;
    document.getElementById("clocktext").textContent = `${this.number(Math.round(this.page.state.time * 10) / 10)} ${this.unit("s")}`;
  }
  showTime() {
    const { time, chosen } = this.page.state;
    this.clockText();
    if (!chosen || chosen.kind !== "signal") return;
    const { number } = chosen, signal = this.model.data.signals[number], cycle = this.model.cycle(number), phase = this.model.phaseAt(number, time);
    if (this.phaseRows?.number === number) [...this.phaseRows.body.children].forEach((row, at) => row.classList.toggle("here", at === phase));
    const share = ((((time - signal.offset_s) % cycle) + cycle) % cycle) / cycle;
    if (this.barsOf?.number === number) this.barsOf.found.querySelectorAll(".now").forEach((now) => { now.style.left = `${100 * share}%`; });
  }
}
