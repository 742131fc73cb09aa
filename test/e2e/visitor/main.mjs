// An official client in one namespace: it sends what JSON lines on standard input say, and tells what it gets.
// Usage: node main.mjs URL NAMESPACE
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { io } = createRequire(new URL("../../../examples/js/package.json", import.meta.url))("socket.io-client");

const [url, namespace] = process.argv.slice(2);
const socket = io(url + namespace, { transports: ["websocket"] });
const print = (line) => console.log(JSON.stringify(line));

socket.on("connect", () => print({ event: "connected" }));
socket.on("connect_error", (error) => print({ event: "connect_error", response: { message: error.message, code: error.data?.code } }));
socket.onAny((event, ...args) => print({ event, response: args[0] }));

const input = createInterface({ input: process.stdin });
input.on("line", async (text) => {
  const { id, event, args = [] } = JSON.parse(text);
  print({ id, ack: await socket.timeout(10_000).emitWithAck(event, ...args).catch(String) });
});
input.on("close", () => socket.disconnect());
