// Which aircraft a filter lets through, said once more: by the wire contract alone,
// and sharing no code with the server.

const EARTH_NM = 3440.065;

/** Whether an aircraft, as clients get it, meets every condition of a filter; null lets everything through. */
export function sees(filter, aircraft) {
  return Object.entries(filter ?? {}).every(([name, want]) => want === null || conditions[name].holds(want, aircraft));
}

/** The fields that a filter reads. */
export function reads(filter) {
  return Object.keys(filter ?? {}).flatMap((name) => conditions[name].reads);
}

/** What of an aircraft is shown, of fields that were asked for; null shows all. */
export function shown(fields, aircraft) {
  if (!fields) return aircraft;
  return Object.fromEntries(Object.entries(aircraft).filter(([name]) => name === "hex" || fields.includes(name)));
}

const known = (...values) => values.every((v) => typeof v === "number");
const list = (want) => [want].flat(); // one alone need not be a list
const upper = (text) => (text ?? "").trim().toUpperCase();

const conditions = {
  bbox: {
    reads: ["lat", "lon"],
    holds: ({ north, south, east, west }, { lat, lon }) =>
      known(lat, lon) && lat >= south && lat <= north && (west <= east ? lon >= west && lon <= east : lon >= west || lon <= east),
  },
  center: {
    reads: ["lat", "lon"],
    holds: (center, { lat, lon }) => known(lat, lon) && distance(center, { lat, lon }) <= center.radius_nm,
  },
  icao: { reads: [], holds: (want, { hex }) => list(want).some((one) => upper(one) === hex) },
  callsign_prefix: {
    reads: ["flight"],
    holds: (want, { flight }) => list(want).some((prefix) => upper(flight).startsWith(upper(prefix))),
  },
  category: { reads: ["category"], holds: (want, { category }) => list(want).some((one) => upper(one) === upper(category)) },
  altitude: {
    reads: ["alt"],
    holds: ({ min = -Infinity, max = Infinity }, { alt }) => {
      const feet = alt === "ground" ? 0 : alt;
      return known(feet) && feet >= min && feet <= max;
    },
  },
  military: { reads: ["military"], holds: (want, { military }) => military === want },
  on_ground: { reads: ["alt"], holds: (want, { alt }) => alt !== undefined && (alt === "ground") === want },
};

// The angle between two vectors from the centre of the earth.
function distance(a, b) {
  const [p, q] = [a, b].map(({ lat, lon }) => {
    const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  });
  const cross = [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
  return EARTH_NM * Math.atan2(Math.hypot(...cross), p[0] * q[0] + p[1] * q[1] + p[2] * q[2]);
}
