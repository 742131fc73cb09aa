// What the table shows of an aircraft. Fields come from radios: each is checked
// for its type, and one that is missing or odd is shown as nothing.

const number = (v) => (Number.isFinite(v) ? v : undefined);
const text = (v) => (typeof v === "string" && v.trim() ? v.trim() : undefined);
const format = (options) => {
  const { format } = new Intl.NumberFormat("en", options);
  return (v) => (v === undefined ? "" : format(v));
};
const whole = format({ maximumFractionDigits: 0 });
const signed = format({ maximumFractionDigits: 0, signDisplay: "exceptZero" });
const minus = (text) => text.replace("-", "\u2212");
const tenths = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const meaning = new Map([["7500", "hijack"], ["7600", "radio failure"], ["7700", "emergency"]]);

/** Feet, 0 on the ground. */
export function altitude(a) {
  if ([a.alt, a.alt_baro].includes("ground")) return 0;
  return number(a.alt) ?? number(a.alt_baro) ?? number(a.alt_geom);
}

export const onGround = (a) => [a.alt, a.alt_baro].includes("ground") || a.on_ground === true;
export const hasPosition = (a) => Number.isFinite(a.lat) && Number.isFinite(a.lon);

/** What is the matter, in a word or two; "" when nothing is. */
export function emergency(a) {
  if (a.emergency !== true && !meaning.has(a.squawk)) return "";
  return text(a.emergency_status) ?? meaning.get(a.squawk) ?? "emergency";
}

/**
 * value: what a column is sorted by, undefined when the aircraft has none;
 * show: the text of its cell. Both get the aircraft and its age in seconds.
 */
export const columns = [
  { title: "Hex", value: (a) => a.hex, show: (a) => a.hex },
  { title: "Callsign", value: (a) => text(a.flight), show: (a) => text(a.flight) ?? "" },
  {
    title: "Squawk",
    value: (a) => text(a.squawk),
    show: (a) => [text(a.squawk), emergency(a)].filter(Boolean).join(" "),
  },
  { title: "Altitude", unit: "ft", value: altitude, show: (a) => (onGround(a) ? "ground" : whole(altitude(a))) },
  { title: "Speed", unit: "kt", value: (a) => number(a.gs), show: (a) => whole(number(a.gs)) },
  { title: "Track", unit: "°", value: (a) => number(a.track), show: (a) => whole(number(a.track)) },
  { title: "Climb", unit: "ft/min", value: climb, show: (a) => minus(signed(climb(a))) },
  { title: "Distance", unit: "nm", value: distance, show: (a) => tenths(distance(a)) },
  {
    title: "Position",
    unit: "lat, lon",
    value: (a) => (hasPosition(a) ? a.lat : undefined),
    show: (a) => (hasPosition(a) ? `${a.lat.toFixed(4)}, ${a.lon.toFixed(4)}` : ""),
  },
  {
    title: "Age",
    unit: "s",
    hint: "Seconds since it was heard with something new",
    value: (_, age) => age,
    show: (_, age) => whole(age),
  },
].map((column) => ({ numeric: column.unit !== undefined, ...column }));

function climb(a) {
  return number(a.vr) ?? number(a.baro_rate) ?? number(a.geom_rate);
}

let receiver = null; // {latitude, longitude} in degrees, when the server knows it

/** Distances are measured from here on: those that aircraft come with are told less often than positions. */
export function measureFrom(location) {
  receiver = Number.isFinite(location?.latitude) && Number.isFinite(location?.longitude) ? location : null;
}

function distance(a) {
  if (receiver && hasPosition(a)) return nauticalMiles(receiver.latitude, receiver.longitude, a.lat, a.lon);
  return number(a.distance_nm) ?? number(a.r_dst);
}

// The great circle, by the haversine formula.
function nauticalMiles(lat1, lon1, lat2, lon2) {
  const rad = Math.PI / 180;
  const h = Math.sin(((lat2 - lat1) * rad) / 2) ** 2
    + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 3440.065 * Math.asin(Math.min(1, Math.sqrt(h)));
}
