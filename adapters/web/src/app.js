// The page: follows the aircraft of the server that it came from, with the
// client of examples/js, and shows them.
//
// Whatever the server sends ends up in textContent: callsigns come from radios.
import { SkygateAircraft } from "../../../examples/js/skygate-aircraft.mjs";
import { hasPosition, measureFrom } from "./columns.js";
import { Rate } from "./rate.js";
import { inWords } from "./reasons.js";
import { Table } from "./table.js";

const REFRESH_MS = 250; // how often the table is drawn anew, at most
const STATUS_MS = 5000; // how often the server is asked whether its receiver delivers
const AGEING_MS = 1000; // how often when nothing changed: ages do

const keyHint = "A key goes to the end of this page's address: #key=YOUR_KEY";

const $ = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const perSecond = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

// A key stands after the "#" of the address, which no server is told: #key=sk_..
const token = new URLSearchParams(location.hash.slice(1)).get("key");
addEventListener("hashchange", () => location.reload());

// The server may stand behind another one, below a folder of it.
const path = new URL("socket.io/", document.baseURI).pathname;
const client = new SkygateAircraft(location.origin, { path, auth: token ? { token } : {} });
const { socket } = client;

const messages = new Rate(Date.now());
const updates = new Rate(Date.now());
const heard = new Map(); // hex -> when its newest message was heard, by this clock
const table = new Table($("head"), $("rows"), draw);
const notices = new Map(); // what about -> text
let lastUpdate = null;
let changed = true;
let drawn = 0;

client.onChange = (kind, m) => {
  const now = Date.now();
  messages.add(now);
  lastUpdate = now;
  changed = true;
  if (kind === "snapshot") heard.clear();
  const newer = kind === "snapshot" ? client.state.values() : [...(m.added ?? []), ...(m.updated ?? [])];
  for (const { hex, seen } of newer) heard.set(hex, now - 1000 * (Number.isFinite(seen) ? seen : 0));
  for (const hex of m.removed ?? []) heard.delete(hex);
  if (kind === "delta") updates.add(now, newer.length + (m.removed ?? []).length);
  notice("source", "");
  show("live");
};

socket.on("connect", () => {
  show("connecting");
  notice("pace", "");
  askStatus();
});

// A server that does not say where its receiver stands leaves distances to the aircraft.
function askStatus() {
  client.request("status").then((status) => {
    measureFrom(status?.location);
    notice("receiver", status?.online === false ? "The server is there, but no receiver delivers; /healthz says why." : "");
  }).catch(() => {});
}
socket.on("subscribed", (m) => {
  if (m.denied?.includes("aircraft")) show("refused", `this server does not let you see aircraft; ${keyHint}`);
  else if (m.resumed?.aircraft) show("live");
});
socket.on("disconnect", (reason) => show("reconnecting", inWords(reason)));
socket.on("connect_error", (error) => {
  if (socket.active) show(lastUpdate ? "reconnecting" : "connecting", inWords(error.message));
  else show("refused", `${error.message} ${keyHint}`);
});
socket.on("error", (m) => notice("error", m?.message ? `The server says: ${m.message}` : ""));
socket.on("stream:stale", (m) => {
  if (m.topic === "aircraft") notice("source", m.since ? "What brings the aircraft is away: what you see is old." : "");
});
socket.on("stream:pace", (m) => {
  const slow = m.reason === "slow"; // or "recovered"
  if (m.topic === "aircraft") notice("pace", slow ? `This connection is slow: updates come ${m.hz} times a second.` : "");
});

function show(state, reason = "") {
  $("connection").dataset.state = state;
  $("state").textContent = state;
  $("reason").textContent = reason;
}

function notice(about, text) {
  notices.set(about, text);
  const all = [...notices.values()].filter(Boolean).join(" ");
  if ($("notice").textContent === all) return;
  $("notice").textContent = all;
  $("notice").hidden = !all;
}

function figures(now) {
  const texts = {
    aircraft: client.position ? count.format(client.state.size) : "–",
    positions: client.position ? count.format([...client.state.values()].filter(hasPosition).length) : "–",
    messages: perSecond.format(messages.perSecond(now)),
    updates: count.format(updates.perSecond(now)),
    age: lastUpdate ? `${count.format((now - lastUpdate) / 1000)} s` : "–",
    transport: socket.connected ? socket.io.engine.transport.name : "–",
  };
  for (const [id, text] of Object.entries(texts)) if ($(id).textContent !== text) $(id).textContent = text;
  const title = client.position ? `${texts.aircraft} aircraft · Skygate` : "Skygate";
  if (document.title !== title) document.title = title;
}

function draw() {
  const now = Date.now();
  drawn = now;
  changed = false;
  const shown = table.render(client.state.values(), (a) => Math.max(0, (now - (heard.get(a.hex) ?? now)) / 1000));
  $("empty").hidden = client.state.size > 0;
  $("more").hidden = client.state.size <= shown;
  const [some, all] = [shown, client.state.size].map(count.format);
  $("more").textContent = `These are the first ${some} of ${all}. Choose another column to see others.`;
}

setInterval(() => socket.connected && askStatus(), STATUS_MS);

setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  figures(now);
  if (changed || now - drawn >= AGEING_MS) draw();
}, REFRESH_MS);
