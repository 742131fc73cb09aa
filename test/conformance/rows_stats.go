package conformance

import "fmt"

func acarsText(text string) string { return fmt.Sprintf(acarsLine, text) }

var statsRows = []Row{
	{
		Name: "stats:tick",
		Do:   []Step{hear(with(full, "4C0101"))},
		Want: []Message{{"stats:tick", `{ts: time, traffic: {aircraft: int, with_position: int, military: int, msg_rate: number|null}, reception: {max_range_nm: number, avg_rssi: number|null}, system: {load: number|null, mem: number|null, adsb_online: bool, celery_ok: bool}, series: [{ts: time, aircraft: int, msg_rate: number|null, max_range_nm: number, load: number|null, mem: number|null}+]}`}},
	},
	{
		Name: "stats:tick", Form: "for who keeps the series",
		Do:      []Step{emit("subscribe", `{"topics":"stats","legacy":false}`)},
		Want:    []Message{{"stats:snapshot", `{stats: [~{id: "tick", series: [any+]}]}`}, {"stats:tick", `{ts: time, point: {ts: time, aircraft: int}}`}},
		Differs: "the reference sends the whole series with each tick",
	},
	{
		Name: "stats:update",
		Do:   []Step{hear(squawking("4C0102", "7700"))},
		Want: []Message{{"stats:update", `{stat_type: "aircraft", stats: {emergency: any}}`}},
	},
	{
		Name: "stats:update", Form: "top",
		Do:   []Step{hear(with(full, "4C0103"))},
		Want: []Message{{"stats:update", `{stat_type: "top", stats: {}}`}},
	},
	{
		Name: "stats:update", Form: "safety",
		Do:   []Step{hear(squawking("4C0104", "7700"))},
		Want: []Message{{"stats:update", `{stat_type: "safety", stats: {}}`}},
	},
	{
		Name: "stats:update", Form: "tracking_quality, geographic",
		Do:   []Step{hear(with(full, "4C0105"))},
		Want: []Message{{"stats:update", `{stat_type: "tracking_quality"|"geographic", stats: {}}`}},
	},
	{
		Name: "stats:update", Form: "antenna_analytics",
		Do:   []Step{hear(with(full, "4C0106"))},
		Want: []Message{{"stats:update", `{stat_type: "antenna_analytics", stats: {}}`}},
	},
	{
		Name: "system:health",
		Do:   []Step{publish("stats", "system:health", `{"status":"degraded","issue":"stale_tasks","stale_tasks":["poll"]}`)},
		Want: []Message{{"system:health", `{status: "degraded", issue: text, stale_tasks: [any*]}`}},
	},
}
