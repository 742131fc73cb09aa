// Official clients, as many as are asked for: they do what JSON lines on standard input say, and tell all that they get.
// Usage: node visitor.mjs URL...; a line is {do: "open", id, url, namespace, auth}, {do: "emit", id, event, args, ack} or {do: "close", id}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { io } = createRequire(new URL("../../examples/js/package.json", import.meta.url))("socket.io-client");

const tell = (id, event, ...args) => console.log(JSON.stringify({ id, event, args }));
const sockets = new Map();

const acts = {
  open({ id, url, namespace, auth }) {
    const socket = io(url + namespace, { auth, forceNew: true, transports: ["websocket"] });
    sockets.set(id, socket);
    socket.on("connect", () => tell(id, "connect"));
    socket.on("connect_error", (e) => tell(id, "connect_error", { message: e.message, data: e.data ?? null }));
    socket.onAny((event, ...args) => tell(id, event, ...args));
  },
  emit({ id, event, args, ack }) {
    const answered = ack ? [(...answer) => tell(id, "acknowledged", ...answer)] : [];
    sockets.get(id).emit(event, ...args, ...answered);
  },
  close({ id }) {
    sockets.get(id).disconnect();
    sockets.delete(id);
  },
};

const input = createInterface({ input: process.stdin });
input.on("line", (text) => {
  const line = JSON.parse(text);
  acts[line.do](line);
});
input.on("close", () => sockets.forEach((socket) => socket.disconnect()));
