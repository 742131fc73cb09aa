package layers

import (
	"slices"
	"strings"
	"testing"
)

// leaves are the libraries that floor 0 may use beside the standard library:
// small ones that bring no further libraries of weight.
var leaves = []string{
	"golang.org/x/time/rate",
	"github.com/tidwall/gjson",
	"github.com/golang/geo",
}

// redisRoom is where Redis is spoken, and redisClients what speaks it. Those of
// github.com/redis are in the table of owners.
const redisRoom = "adapters/redis"

var redisClients = []string{
	"github.com/go-redis",
	"github.com/gomodule/redigo",
	"github.com/mediocregopher/radix",
	"github.com/valkey-io",
}

func TestLibrariesAreWhereTheyBelong(t *testing.T) {
	imports, _ := importsByFolder(t)
	for dir := range imports {
		for _, problem := range checkLibraries(dir, imports[dir]) {
			t.Error(problem)
		}
	}
}

func TestCheckLibrariesSeesEachMistake(t *testing.T) {
	for name, c := range map[string]struct {
		dir, imports string
		want         string // part of the problem; "" for none
	}{
		"standard library":       {"pkg/record", "encoding/json", ""},
		"leaf":                   {"pkg/ratelimit", "golang.org/x/time/rate", ""},
		"inside a leaf":          {"pkg/geo", "github.com/golang/geo/s2", ""},
		"another floor":          {"pkg/hub", "github.com/rs/zerolog", ""},
		"Redis in its room":      {"adapters/redis", "github.com/valkey-io/valkey-go", ""},
		"Redis inside its room":  {"adapters/redis/script", "github.com/gomodule/redigo/redis", ""},
		"no leaf":                {"pkg/record", "github.com/rs/zerolog", "floor 0"},
		"a leaf's name extended": {"pkg/geo", "github.com/golang/geometry", "floor 0"},
		"no leaf, inner package": {"pkg/topic/inner", "go.uber.org/goleak", "floor 0"},
		"Redis elsewhere":        {"pkg/feedlog", "github.com/go-redis/redis/v8", "only adapters/redis"},
		"Redis in a test":        {"test/e2e", "github.com/gomodule/redigo/redis", "only adapters/redis"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(checkLibraries(c.dir, []string{c.imports}), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("checkLibraries(%s imports %s) = %q, want %q", c.dir, c.imports, got, c.want)
			}
		})
	}
}

// checkLibraries says which libraries the package in a folder may not import.
// That a package has no floor is said by check.
func checkLibraries(dir string, imports []string) (problems []string) {
	room, floor, ok := roomOf(dir)
	if !ok {
		return nil
	}
	for _, imported := range imports {
		within := func(library string) bool { return under(imported, library) }
		outside := strings.Contains(strings.Split(imported, "/")[0], ".") && !under(imported, module)
		if floor == 0 && outside && !slices.ContainsFunc(leaves, within) {
			problems = append(problems, dir+" imports "+imported+": floor 0 may use the standard library, "+strings.Join(leaves, ", "))
		}
		if room != redisRoom && slices.ContainsFunc(redisClients, within) {
			problems = append(problems, dir+" imports "+imported+": only "+redisRoom+" may")
		}
	}
	return problems
}
