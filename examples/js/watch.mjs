// Prints once a second how many aircraft there are and how fast they change.
// Usage: node watch.mjs [url [filter]], such as '{"bbox": {"north": 51, "south": 49, "east": 10, "west": 7}}'
import { SkygateAircraft } from "./skygate-aircraft.mjs";

const url = process.argv[2] ?? "http://127.0.0.1:8080";
const client = new SkygateAircraft(url, { filter: JSON.parse(process.argv[3] ?? "null") });
let messages = 0;
let changes = 0;

client.onChange = (kind, m) => {
  messages++;
  if (kind === "delta") for (const list of [m.added, m.updated, m.removed]) changes += list?.length ?? 0;
};
client.socket.on("error", (error) => console.log(`refused: ${error.message}`));
client.socket.on("disconnect", (reason) => console.log(`disconnected: ${reason}`));
client.socket.on("connect_error", (error) => console.log(`cannot connect to ${url}: ${error.message}`));

setInterval(() => {
  if (!client.socket.connected) return;
  console.log(`${client.state.size} aircraft, ${messages} messages/s, ${changes} changes/s, ${client.stats.holes} holes`);
  messages = changes = 0;
}, 1000);
