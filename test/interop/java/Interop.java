import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * What the official Java client must find at a server: Interop URL websocket|polling|upgrade.
 * One line per check, "ok NAME" or "FAIL NAME: WHY"; exits with 1 when one failed.
 */
final class Interop {
    interface Check {
        void run() throws Exception;
    }

    private final String url;
    private final String mode;
    private final List<Client> opened = new ArrayList<>();

    private Interop(String url, String mode) {
        this.url = url;
        this.mode = mode;
    }

    public static void main(String[] args) throws Exception {
        System.exit(new Interop(args[0], args[1]).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        Client idle = connected("/");
        long since = System.nanoTime();
        opened.clear();
        Map<String, Check> checks = checks();
        checks.put("idle", () -> {
            Thread.sleep(Math.max(0, 4000 - (System.nanoTime() - since) / 1_000_000));
            Values.same(idle.waiting("disconnect"), 0);
            idle.socket.emit("message", "here");
            Values.same(idle.next("message-back"), args("here"));
        });
        boolean good = true;
        for (Map.Entry<String, Check> check : checks.entrySet()) {
            try {
                check.getValue().run();
                System.out.println("ok " + check.getKey());
            } catch (Exception | AssertionError err) {
                good = false;
                System.out.println("FAIL " + check.getKey() + ": " + err);
            }
            opened.forEach(client -> client.socket.disconnect());
            opened.clear();
        }
        return good;
    }

    private Map<String, Check> checks() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("auth", this::auth);
        checks.put("auth-none", () -> Values.same(open("/", options()).next("auth"), args(new JSONObject())));
        checks.put("namespace", this::namespace);
        checks.put("namespace-shared", this::namespaceShared);
        checks.put("namespace-dynamic", () ->
            Values.same(open("/dyn-101", options()).next("auth"), args(new JSONObject().put("nsp", "/dyn-101"))));
        checks.put("namespace-unknown", () ->
            Values.same(refusal("/nowhere").getString("message"), "Invalid namespace"));
        checks.put("denied", this::denied);
        checks.put("transport", this::transport);
        checks.put("event", this::event);
        checks.put("ack-from-server", () -> Values.same(connected("/").call("message-with-ack", values()), values()));
        checks.put("ack-from-client", this::ackFromClient);
        checks.put("binary-from-server", this::binaryFromServer);
        checks.put("binary-from-client", this::binaryFromClient);
        checks.put("large", this::large);
        checks.put("order", this::order);
        checks.put("burst", this::burst);
        checks.put("room", this::room);
        checks.put("server-disconnects-socket", this::serverDisconnectsSocket);
        checks.put("server-disconnects-connection", this::serverDisconnectsConnection);
        checks.put("client-disconnects", this::clientDisconnects);
        checks.put("reconnects", this::reconnects);
        return checks;
    }

    private IO.Options options() {
        IO.Options options = new IO.Options();
        options.forceNew = true;
        options.reconnection = false;
        options.reconnectionDelay = 10;
        options.reconnectionDelayMax = 50;
        options.transports = mode.equals("upgrade") ? new String[] {"polling", "websocket"} : new String[] {mode};
        return options;
    }

    private Client open(String namespace, IO.Options options) {
        return open(IO.socket(URI.create(url + namespace), options));
    }

    private Client open(Socket socket) {
        Client client = new Client(socket);
        opened.add(client);
        socket.connect();
        return client;
    }

    private Client connected(String namespace) throws Exception {
        return connected(namespace, options());
    }

    /** Connects, and waits until the transport is the one that will stay. */
    private Client connected(String namespace, IO.Options options) throws Exception {
        Client client = open(namespace, options);
        client.next("connect");
        client.next("auth");
        while (mode.equals("upgrade") && !info(client).getString("transport").equals("websocket")) {
            Thread.sleep(10);
        }
        return client;
    }

    private static JSONObject info(Client client) throws Exception {
        return (JSONObject) client.call("info")[0];
    }

    private static Object[] args(Object... values) {
        return values;
    }

    private static Object[] values() throws Exception {
        return args(1, -2.5, "é😀", new JSONObject("{\"a\":[null,true,{\"deep\":\"x\"}]}"), new JSONArray());
    }

    private void auth() throws Exception {
        IO.Options options = options();
        options.auth = Collections.singletonMap("token", "é");
        Values.same(open("/", options).next("auth"), args(new JSONObject().put("token", "é")));
    }

    private void namespace() throws Exception {
        IO.Options options = options();
        options.auth = Collections.singletonMap("who", "custom");
        Values.same(open("/custom", options).next("auth"), args(new JSONObject().put("who", "custom")));
    }

    private void namespaceShared() throws Exception {
        Client root = connected("/");
        Client custom = open(root.socket.io().socket("/custom"));
        custom.next("auth");
        for (Client client : new Client[] {custom, root}) {
            client.socket.emit("message", client.socket.id());
            Values.same(client.next("message-back"), args(client.socket.id()));
        }
    }

    private JSONObject refusal(String namespace) throws Exception {
        return (JSONObject) open(namespace, options()).next("connect_error")[0];
    }

    private void denied() throws Exception {
        Values.same(refusal("/denied"), new JSONObject("{\"message\":\"nope\",\"data\":{\"code\":401}}"));
    }

    private void transport() throws Exception {
        Client client = connected("/");
        JSONObject info = info(client);
        Values.same(info.getString("transport"), mode.equals("polling") ? "polling" : "websocket");
        Values.same(info.getBoolean("recovered"), false);
        Values.same(info.getJSONArray("rooms"), args(client.socket.id()));
    }

    private void event() throws Exception {
        Client client = connected("/");
        client.socket.emit("message", values());
        Values.same(client.next("message-back"), values());
        client.socket.emit("message");
        Values.same(client.next("message-back"), args());
    }

    private void ackFromClient() throws Exception {
        Client client = connected("/custom");
        client.socket.on("question", question -> {
            int last = question.length - 1;
            ((io.socket.client.Ack) question[last]).call(question[2], question[0], "answered");
        });
        client.socket.emit("ask-me", values());
        Values.same(client.next("ack-result"), args("é😀", 1, "answered"));
    }

    private void binaryFromServer() throws Exception {
        Client client = connected("/");
        client.socket.emit("send-binary");
        JSONObject want = new JSONObject().put("buf", new byte[] {1, 2, 3}).put("s", "é😀")
            .put("list", new JSONArray(Collections.singletonList(new byte[] {-1, 0, -128})));
        Values.same(client.next("binary"), args(want));
    }

    private void binaryFromClient() throws Exception {
        Client client = connected("/custom");
        Object[] want = args(new byte[] {0, 1, -1}, new JSONObject().put("deep", new byte[70_000]), "text");
        client.socket.emit("message", binary());
        Values.same(client.next("message-back"), want);
        Values.same(client.call("message-with-ack", binary()), want);
    }

    /** Each time anew: the client puts placeholders into what it sends. */
    private static Object[] binary() throws Exception {
        return args(new byte[] {0, 1, -1}, new JSONObject().put("deep", new byte[70_000]), "text");
    }

    private void large() throws Exception {
        Client client = connected("/");
        String text = String.join("", Collections.nCopies(100_000, "é"));
        client.socket.emit("message", text);
        Values.same(client.next("message-back"), args(text));
    }

    private void order() throws Exception {
        Client client = connected("/");
        for (int i = 0; i < 1000; i++) {
            client.socket.emit("seq", i);
        }
        for (int i = 0; i < 1000; i++) {
            Values.same(client.next("seq-back"), args(i));
        }
    }

    private void burst() throws Exception {
        Client client = connected("/");
        client.socket.emit("bburst", 300, 100);
        for (int i = 0; i < 300; i++) {
            Values.same(client.next("b")[0], i);
        }
    }

    private void room() throws Exception {
        Client a = connected("/");
        Client b = connected("/");
        String room = "room-" + mode;
        a.call("join", room);
        b.socket.emit("to-room", room, "in");
        Values.same(a.next("room-msg"), args("in"));
        a.call("leave", room);
        b.socket.emit("to-room", room, "gone");
        info(b);
        info(a);
        Values.same(a.waiting("room-msg") + b.waiting("room-msg"), 0);
    }

    private void serverDisconnectsSocket() throws Exception {
        Client root = connected("/");
        Client custom = open(root.socket.io().socket("/custom"));
        custom.next("auth");
        custom.socket.emit("disconnect-me", false);
        Values.same(custom.next("disconnect"), args("io server disconnect"));
        root.socket.emit("message", "still here");
        Values.same(root.next("message-back"), args("still here"));
    }

    private void serverDisconnectsConnection() throws Exception {
        IO.Options options = options();
        options.reconnection = true;
        Client client = connected("/", options);
        client.socket.emit("disconnect-me", true);
        Values.same(client.next("disconnect"), args("io server disconnect"));
        Values.same(client.socket.isActive(), false);
    }

    private void clientDisconnects() throws Exception {
        Client client = connected("/");
        client.socket.disconnect();
        Values.same(client.next("disconnect"), args("io client disconnect"));
    }

    private void reconnects() throws Exception {
        IO.Options options = options();
        options.reconnection = true;
        Client client = connected("/", options);
        String before = client.socket.id();
        client.socket.emit("close-transport");
        String reason = (String) client.next("disconnect")[0];
        // This client does not answer a WebSocket's close frame, and waits for a ping instead.
        if (!reason.equals("transport close") && (mode.equals("polling") || !reason.equals("ping timeout"))) {
            throw new AssertionError(reason);
        }
        client.next("auth");
        if (client.socket.id().equals(before)) {
            throw new AssertionError("the same sid again");
        }
        client.socket.emit("message", "again");
        Values.same(client.next("message-back"), args("again"));
    }
}
