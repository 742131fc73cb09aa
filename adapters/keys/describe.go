package keys

import (
	"encoding/json"
	"net/http"
)

// features are what permissions are of, as the reference names them.
var features = []string{
	"aircraft", "alerts", "safety", "audio", "acars", "history", "system", "stats", "cannonball",
	"weather", "notams", "services", "notifications", "assistant", "wildfires",
}

// readable and writable are the permissions that stand for a feature's reading and
// writing, where they are not <feature>.view and <feature>.manage.
var (
	readable = map[string]string{"system": "system.view_status", "cannonball": "aircraft.view"}
	writable = map[string]string{"safety": "safety.acknowledge"}
)

// named gives the permission for a feature's reading or writing.
func named(permissions map[string]string, feature, action string) string {
	if name, ok := permissions[feature]; ok {
		return name
	}
	return feature + "." + action
}

// Features are the permissions that stand for reading and writing each feature.
func Features() (names []string) {
	for _, feature := range features {
		names = append(names, named(readable, feature, "view"), named(writable, feature, "manage"))
	}
	return names
}

// description is what the reference's clients ask for before they connect
// (GET /api/v1/auth/config): how to log in, and what needs it.
type description struct {
	Mode     string `json:"auth_mode"`
	Enabled  bool   `json:"auth_enabled"`
	OIDC     bool   `json:"oidc_enabled"`
	Provider string `json:"oidc_provider_name"`
	Local    bool   `json:"local_auth_enabled"` // by name and password
	APIKey   bool   `json:"api_key_enabled"`
	Dev      bool   `json:"dev_mode"`
	// ClusterZoom is below which zoom the dashboard asks for clusters of aircraft.
	ClusterZoom int               `json:"map_cluster_zoom_threshold"`
	Features    map[string]access `json:"features"`
}

// access says who may use a feature: "public", or "authenticated" (to read), or who
// has the "permission" (to write).
type access struct {
	Read    string `json:"read_access"`
	Write   string `json:"write_access"`
	Enabled bool   `json:"is_enabled"`
}

// The words for who may.
const (
	accessPublic        = "public"
	accessAuthenticated = "authenticated"
	accessPermission    = "permission"
)

// describe says how to log in here: with a key, or not at all. Every feature is
// enabled; one that a server lacks answers so.
func (r *Ring) describe() description {
	d := description{
		Mode: r.mode, Enabled: r.mode != Public, APIKey: true, ClusterZoom: 8,
		Features: make(map[string]access, len(features)),
	}
	open := func(permissions map[string]string, feature, action string) bool {
		name := named(permissions, feature, action)
		return r.mode == Public || r.mode == Hybrid && r.anonymous.May(name)
	}
	for _, feature := range features {
		a := access{Read: accessAuthenticated, Write: accessPermission, Enabled: true}
		if open(readable, feature, "view") {
			a.Read = accessPublic
		}
		if open(writable, feature, "manage") {
			a.Write = accessPublic
		}
		d.Features[feature] = a
	}
	return d
}

// Describe answers GET /api/v1/auth/config.
func (r *Ring) Describe() http.Handler {
	raw, err := json.Marshal(r.describe())
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "Internal server error", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(append(raw, '\n')) // a client that went away
	})
}
