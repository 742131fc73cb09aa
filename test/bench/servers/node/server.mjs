// Broadcasts by Node's socket.io. What it is told and what it answers is
// described in ../control. Needs --expose-gc.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'socket.io';

const web = createServer();
const io = new Server(web, { serveClient: false });
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const obey = (line) => {
  if (line === 'gc') {
    globalThis.gc();
    say({});
  } else if (line === 'stats') {
    say({ mallocs: 0 });
  } else {
    io.emit('m', JSON.parse(line));
  }
};

web.listen(0, '127.0.0.1', () => {
  say({ addr: `127.0.0.1:${web.address().port}` });
  createInterface({ input: process.stdin }).on('line', obey).on('close', () => process.exit(0));
});
