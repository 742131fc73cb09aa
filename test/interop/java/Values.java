import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** Compares values; org.json's own equals only tells whether they are one object. */
final class Values {
    private Values() { }

    static void same(Object got, Object want) throws JSONException {
        String a = text(got);
        String b = text(want);
        if (!a.equals(b)) {
            throw new AssertionError("got " + shorten(a) + ", want " + shorten(b));
        }
    }

    /** Gives equal values equal texts: the order of keys and the kind of number do not matter. */
    private static String text(Object value) throws JSONException {
        List<String> parts = new ArrayList<>();
        if (value instanceof Object[]) {
            for (Object part : (Object[]) value) {
                parts.add(text(part));
            }
            return parts.toString();
        }
        if (value instanceof JSONArray) {
            for (int i = 0; i < ((JSONArray) value).length(); i++) {
                parts.add(text(((JSONArray) value).get(i)));
            }
            return parts.toString();
        }
        if (value instanceof JSONObject) {
            for (Iterator<?> keys = ((JSONObject) value).keys(); keys.hasNext();) {
                String key = (String) keys.next();
                parts.add(key + ":" + text(((JSONObject) value).get(key)));
            }
            Collections.sort(parts);
            return "{" + parts + "}";
        }
        if (value instanceof byte[]) {
            return ((byte[]) value).length + " bytes " + Arrays.hashCode((byte[]) value);
        }
        return value instanceof Number ? Double.toString(((Number) value).doubleValue()) : String.valueOf(value);
    }

    private static String shorten(String text) {
        return text.substring(0, Math.min(200, text.length()));
    }
}
