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
        self._parts = []  # of a snapshot or an update too large for one message; it counts when the last is here

    def snapshot(self, m):
        """Takes an aircraft:snapshot. Returns "snapshot", or "part" when more of it is to come."""
        return self._collect(m)

    def update(self, m):
        """Takes an aircraft:update. Returns what it was.

        "delta"; "part" when more of it is to come, "snapshot" for the last part of
        one; "ignored" for what is in the picture already; "hole" when a message
        before it is missing. A last part then lists what all of them did.
        """
        return self._collect(m) if m.get("part") else self._apply(m)

    def _apply(self, m):
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

    def _collect(self, m):
        part, parts = m.get("part", 1), m.get("parts", 1)
        everything = [m] if part == 1 else [*self._parts, m]
        self._parts = everything if len(everything) == part < parts else []
        if len(everything) != part:
            return "hole"
        if part < parts:
            return "part"
        if parts > 1:
            m.update((name, [x for p in everything for x in p.get(name, ())]) for name in ("added", "updated", "removed"))
            m["added"] = everything[0].get("aircraft", []) + m["added"]
        return self._replace(m.get("added", m.get("aircraft")), m) if "aircraft" in everything[0] else self._apply(m)

    def _replace(self, aircraft, m):
        self.state = {whole["hex"]: whole for whole in aircraft}
        self.position = {"epoch": m["epoch"], "seq": m["seq"], "view": m["view"]}
        return "snapshot"


def _merge(known, changed):
    """None says that the aircraft no longer has the field."""
    return {name: value for name, value in {**known, **changed}.items() if value is not None}
