// A crowd of official clients in one process. Commands come as lines of JSON on standard
// input, what happens goes out likewise on standard output:
//
//	{cmd: "start", server, clients: [spec]}
//	                           {line: client, do: "cut" | "mend" | "stall" | "flow"}, to happen to its connection
//	{cmd: "finish"}            the play is over: what was to happen later happens now
//	{cmd: "compare", id}       {id, aircraft, differ: {client: how}}, the server's picture and who does not hold that
//	{cmd: "report", id}        {id, clients: [..]}

import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

import { Client, io } from "./client.mjs";
import { sees, shown } from "./filter.mjs";

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let clients = [];
let asker; // has no topic: it asks for the server's picture
let clock = 0; // seconds of the play
const settled = new Set(); // who has held the server's picture since the play was over

const commands = {
  start({ server, clients: specs }) {
    clients = specs.map((spec) => new Client(spec, {
      line: (what) => say({ line: spec.name, do: what }),
      twin: () => clients.find(({ name }) => name === spec.twin),
      clock: () => clock,
    }));
    asker = io(server, { forceNew: true, transports: ["websocket"], auth: { subscribe: { topics: [] } } });
    let begin = null;
    clients[0].follower.onUpdate = ({ timestamp }) => { // it sees everything, so its updates are the play's clock
      begin ??= Date.parse(timestamp);
      clock = Math.max(clock, (Date.parse(timestamp) - begin) / 1000);
      for (const client of clients) client.run(clock);
    };
  },
  finish() {
    clock = Infinity;
    for (const client of clients) client.run(clock);
  },
  async compare({ id }) {
    const { data } = await asker.timeout(30_000).emitWithAck("request", { type: "aircraft-snapshot" });
    const differ = {};
    for (const client of clients.filter(({ name }) => !settled.has(name))) {
      const { filter, fields } = client.follower.view;
      const want = new Map(data.aircraft.filter((a) => sees(filter, a)).map((a) => [a.hex, ageless(shown(fields, a))]));
      const how = client.differs(want, (a, b) => isDeepStrictEqual(a, ageless(b)));
      if (how) differ[client.name] = how;
      else if (clock === Infinity) settled.add(client.name);
    }
    say({ id, aircraft: data.aircraft, differ });
  },
  report({ id }) {
    const { urgent } = clients[0].follower; // an emergency has everyone told at once
    const wrongs = ({ wrong, early }) => [
      ...wrong,
      ...early.filter(({ times }) => !times.some((at) => urgent.has(at))).slice(0, 20)
        .map((e) => `updates came too early: ${JSON.stringify(e)}`),
    ];
    say({ id, clients: clients.map(({ done, follower }) => ({ stats: follower.stats, lag: follower.lag, wrong: wrongs(follower), steps: done })) });
  },
};

// Ages depend on when they were told.
function ageless({ seen, seen_pos, ...rest }) {
  return rest;
}

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { cmd, ...rest } = JSON.parse(line);
    try {
      await commands[cmd](rest);
    } catch (e) {
      say({ id: rest.id, error: e.stack });
    }
  })
  .on("close", () => process.exit());
