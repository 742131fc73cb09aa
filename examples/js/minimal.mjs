import { io } from "socket.io-client";
const aircraft = new Map(), socket = io(process.argv[2] ?? "http://127.0.0.1:8080", { reconnectionDelayMax: 30_000 }); // with a key: auth: { token: "sk_.." }, too
let at = null; // the place in the stream that the map stands for; null while it waits for a snapshot
const ask = () => { at = null; socket.emit("subscribe", { topics: ["aircraft"], legacy: false }); };
const take = ({ aircraft: all, added = all ?? [], updated = [], removed = [], epoch, seq, part }) => {
  for (const hex of all ? aircraft.keys() : removed) aircraft.delete(hex); // a snapshot replaces everything
  for (const a of added) aircraft.set(a.hex, a);
  for (const a of updated) aircraft.set(a.hex, Object.fromEntries(Object.entries({ ...aircraft.get(a.hex), ...a }).filter(([, v]) => v !== null)));
  at = epoch ? { epoch, seq } : { ...(!all && at), part }; // of what comes in parts only the last has a place
  console.log(aircraft.size, "aircraft");
};
socket.on("connect", ask).on("connect_error", (e) => console.error(e.message)).on("error", console.error).on("aircraft:snapshot", take).on("aircraft:update", (m) => {
  const follows = !m.epoch || !at?.epoch || (m.epoch === at.epoch && m.base === at.seq), inOrder = (m.part ?? 1) === (at?.part ?? 0) + 1;
  if (at && follows && inOrder) take(m); else if (at && (m.epoch !== at.epoch || m.seq > at.seq)) ask(); // something is missing: begin anew
});
