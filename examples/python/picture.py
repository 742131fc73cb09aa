"""The rules by which a client follows the aircraft of a Skygate server.

What a snapshot and an update do, and how the client knows that it missed
something. No network, no clock. examples/js/picture.mjs says the same in
JavaScript, and examples/cases.json holds both to it.
"""


class Picture:
    """Every aircraft in view, and the position in the stream that this is the picture of."""

    def __init__(self):
        self.state = {}  # hex -> fields; an aircraft that changes gets a new dict
        self.position = None  # {epoch, seq, view}, from which the server can go on; None before the first snapshot
        self._arriving = {}  # a snapshot in parts: it replaces the picture when its last part is here
        self._next = 0  # the number of the part to come; 0 when there is none

    def snapshot(self, m):
        """Takes an aircraft:snapshot. Returns "snapshot", or "part" when more of it is to come."""
        self._arriving = {}
        self._next = 1
        return self._collect(m["aircraft"], m)

    def update(self, m):
        """Takes an aircraft:update. Returns what it was.

        "delta"; "part" or "snapshot" for a further part of one; "ignored" for what
        is in the picture already; "hole" when a message before it is missing.
        """
        if m.get("part"):
            return self._collect(m["added"], m)
        if not self.position or m["epoch"] != self.position["epoch"]:
            return "hole"
        if m["base"] != self.position["seq"]:
            return "ignored" if m["seq"] <= self.position["seq"] else "hole"
        for whole in m.get("added", ()):
            self.state[whole["hex"]] = whole
        for fields in m.get("updated", ()):
            self.state[fields["hex"]] = _merge(self.state.get(fields["hex"], {}), fields)
        for hex in m.get("removed", ()):
            self.state.pop(hex, None)
        self.position = {"epoch": m["epoch"], "seq": m["seq"], "view": m["view"]}
        return "delta"

    def _collect(self, aircraft, m):
        part, parts = m.get("part", 1), m.get("parts", 1)
        in_order = part == self._next
        self._next = part + 1 if in_order and part < parts else 0
        if not in_order:
            return "hole"
        self._arriving.update((whole["hex"], whole) for whole in aircraft)
        if self._next:
            return "part"
        self.state = self._arriving
        self.position = {"epoch": m["epoch"], "seq": m["seq"], "view": m["view"]}
        return "snapshot"


def _merge(known, changed):
    """None says that the aircraft no longer has the field."""
    return {name: value for name, value in {**known, **changed}.items() if value is not None}
