// A back end of Node that tells something to all clients of a topic, whichever process
// they are at: node emit.mjs [redis://HOST:PORT] [TOPIC] [JSON]
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";

const [url = "redis://127.0.0.1:6379", topic = "aircraft", data = '{"text": "hello"}'] = process.argv.slice(2);
const redis = createClient({ url });
await redis.connect();
new Emitter(redis).to(`topic_${topic}`).emit("custom:event", JSON.parse(data));
await redis.quit();
