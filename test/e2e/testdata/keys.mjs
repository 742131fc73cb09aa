// A client of keys_test.go: connects to SKYGATE_URL with the auth object in
// SKYGATE_AUTH, and tells what happens, a line of JSON for each event.
import { io } from "socket.io-client";

const tell = (event, ...args) => console.log(JSON.stringify({ event, args }));
const socket = io(process.env.SKYGATE_URL, { auth: JSON.parse(process.env.SKYGATE_AUTH), transports: ["websocket"] });
socket.on("connect", () => tell("connect"));
socket.on("connect_error", (e) => tell("connect_error", e.message, e.data ?? null, socket.active));
socket.onAny(tell);
process.stdin.on("end", () => process.exit(0)).resume();
