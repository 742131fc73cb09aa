import { io } from "socket.io-client";
const aircraft = new Map(), socket = io(process.argv[2] ?? "http://127.0.0.1:8080", { reconnectionDelayMax: 30_000 });
let at = null; // the place in the stream that the map stands for; null while it waits for a snapshot
const ask = () => { at = null; socket.emit("subscribe", { topics: ["aircraft"], legacy: false }); };
const take = ({ aircraft: all, added = all ?? [], updated = [], removed = [], epoch, seq }) => {
  for (const hex of all ? aircraft.keys() : removed) aircraft.delete(hex); // a snapshot replaces everything
  for (const a of added) aircraft.set(a.hex, a);
  for (const a of updated) for (const k in a) a[k] === null ? delete aircraft.get(a.hex)[k] : (aircraft.get(a.hex)[k] = a[k]);
  at = epoch ? { epoch, seq } : null; // of a large snapshot only the last part has them
  console.log(aircraft.size, "aircraft");
};
socket.on("connect", ask).on("aircraft:snapshot", take).on("aircraft:update", (m) => {
  if (m.part || (m.epoch === at?.epoch && m.base === at.seq)) take(m);
  else if (at && (m.epoch !== at.epoch || m.seq > at.seq)) ask(); // something is missing: begin anew
});
