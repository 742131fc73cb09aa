import io.socket.client.Ack;
import io.socket.client.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connection to a namespace, whose events wait in a queue per name. */
final class Client {
    static final long PATIENCE = 15; // seconds

    private static final List<String> EVENTS = Arrays.asList("connect", "disconnect", "connect_error",
        "auth", "message-back", "ack-result", "binary", "seq-back", "b", "room-msg");

    final Socket socket;
    private final Map<String, BlockingQueue<Object[]>> queues = new HashMap<>();

    Client(Socket socket) {
        this.socket = socket;
        for (String event : EVENTS) {
            BlockingQueue<Object[]> queue = new LinkedBlockingQueue<>();
            queues.put(event, queue);
            socket.on(event, queue::add);
        }
    }

    /** Says how many occurrences of the event wait. */
    int waiting(String event) {
        return queues.get(event).size();
    }

    /** Gives the arguments of the event's next occurrence. */
    Object[] next(String event) throws Exception {
        Object[] args = queues.get(event).poll(PATIENCE, TimeUnit.SECONDS);
        if (args == null) {
            throw new AssertionError("no " + event + " came");
        }
        return args;
    }

    /** Emits, and gives what the acknowledgement holds. */
    Object[] call(String event, Object... args) throws Exception {
        BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
        socket.emit(event, args, (Ack) answer::add);
        Object[] back = answer.poll(PATIENCE, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError(event + " was not acknowledged");
        }
        return back;
    }
}
