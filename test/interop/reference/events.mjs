// What the server does about each event.

const text = (size) => "x".repeat(size);

// listen answers the events of one socket.
function listen(socket, reasons) {
  socket.on("message", (...args) => socket.emit("message-back", ...args));
  socket.on("message-with-ack", (...args) => args.pop()(...args));
  socket.on("ask-me", (...args) => socket.emit("question", ...args, (...answer) => socket.emit("ack-result", ...answer)));
  socket.on("send-binary", () => {
    socket.emit("binary", { buf: Buffer.from([1, 2, 3]), list: [Buffer.from([255, 0, 128])], s: "é😀" });
  });
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack?.();
  });
  socket.on("leave", (room, ack) => {
    socket.leave(room);
    ack?.();
  });
  socket.on("to-room", (room, msg) => socket.nsp.to(room).emit("room-msg", msg));
  socket.on("disconnect-me", (close) => socket.disconnect(close === true));
  socket.on("close-transport", () => socket.conn.close());
  socket.on("info", (ack) => ack({
    recovered: socket.recovered, transport: socket.conn.transport.name, rooms: [...socket.rooms],
  }));
  socket.on("burst", (n, size) => {
    for (let i = 0; i < n; i++) socket.emit("b", i, text(size));
  });
  socket.on("bburst", (n, size) => {
    for (let i = 0; i < n; i++) socket.nsp.emit("b", i, text(size));
  });
  socket.on("seq", (i) => socket.emit("seq-back", i));
  socket.on("disconnect", (reason) => { reasons[reason] = (reasons[reason] ?? 0) + 1; });
}

// pause keeps the only thread busy, as a slow handler does.
function pause(ms) {
  for (const end = performance.now() + ms; performance.now() < end;);
}

export function events(io, reasons, delay) {
  for (const name of ["/", "/custom"]) {
    io.of(name).on("connection", (socket) => {
      pause(delay);
      socket.data = { name: socket.handshake.auth.name ?? null };
      if (socket.handshake.auth.room) socket.join(socket.handshake.auth.room);
      socket.emit("auth", socket.handshake.auth);
      listen(socket, reasons);
    });
  }
  io.of("/denied").use((_, next) => next(Object.assign(new Error("nope"), { data: { code: 401 } })));
  io.of(/^\/dyn-\d+$/).on("connection", (socket) => {
    socket.emit("auth", { nsp: socket.nsp.name });
    listen(socket, reasons);
  });
}
