package keys_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/skygate-io/skygate/adapters/keys"
)

// What clients are told before they connect is what is decided when they do.
func TestDescribe(t *testing.T) {
	type access struct {
		Read    string `json:"read_access"`
		Write   string `json:"write_access"`
		Enabled bool   `json:"is_enabled"`
	}
	const yes, known, permitted = "public", "authenticated", "permission"
	for mode, want := range map[string]struct {
		enabled                         bool
		aircraft, audio, cannonball, ws access
	}{
		keys.Public:  {false, access{yes, yes, true}, access{yes, yes, true}, access{yes, yes, true}, access{yes, yes, true}},
		keys.Hybrid:  {true, access{yes, permitted, true}, access{known, permitted, true}, access{yes, permitted, true}, access{yes, permitted, true}},
		keys.Private: {true, access{known, permitted, true}, access{known, permitted, true}, access{known, permitted, true}, access{known, permitted, true}},
	} {
		cfg := keys.DefaultConfig()
		cfg.Mode = mode
		w := httptest.NewRecorder()
		keys.New(cfg).Describe().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		var got struct {
			Mode     string            `json:"auth_mode"`
			Enabled  bool              `json:"auth_enabled"`
			OIDC     *bool             `json:"oidc_enabled"`
			Provider *string           `json:"oidc_provider_name"`
			Local    *bool             `json:"local_auth_enabled"`
			APIKey   bool              `json:"api_key_enabled"`
			Dev      *bool             `json:"dev_mode"`
			Zoom     int               `json:"map_cluster_zoom_threshold"`
			Features map[string]access `json:"features"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Mode != mode || got.Enabled != want.enabled || !got.APIKey || got.Zoom != 8 {
			t.Errorf("%s: %+v", mode, got)
		}
		for name, v := range map[string]*bool{"oidc_enabled": got.OIDC, "local_auth_enabled": got.Local, "dev_mode": got.Dev} {
			if v == nil || *v {
				t.Errorf("%s: %s is missing or true", mode, name)
			}
		}
		if got.Provider == nil {
			t.Errorf("%s: oidc_provider_name is missing", mode)
		}
		for name, want := range map[string]access{"aircraft": want.aircraft, "audio": want.audio, "cannonball": want.cannonball, "system": want.ws} {
			if got.Features[name] != want {
				t.Errorf("%s: %s is %+v, want %+v", mode, name, got.Features[name], want)
			}
		}
	}
}
