// Package layers proves that imports run one way: a package imports only from
// floors below its own, and rooms on one floor do not know each other.
package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/skygate-io/skygate"
	root   = "../.." // the module's folder, seen from this one
)

// floors gives each room its floor. "name/*" stands for every folder in name.
var floors = map[string]int{
	"pkg/record":     0,
	"pkg/topic":      0,
	"pkg/ratelimit":  0,
	"pkg/geo":        0,
	"pkg/recordings": 0, // for tests
	"pkg/eventually": 0, // likewise

	"pkg/feedlog":   1,
	"pkg/backplane": 1,
	"pkg/presence":  1,
	"pkg/engineio":  1,
	"pkg/delta":     1,
	"pkg/batch":     1,
	"pkg/wire":      1,
	"pkg/aircraft":  1,
	"pkg/airspace":  1,
	"pkg/view":      1,

	"pkg/hub":   2,
	"pkg/feed":  2,
	"pkg/fetch": 2,

	"pkg/gateway": 3,
	"pkg/lines":   3,
	"pkg/poll":    3,
	"pkg/safety":  3,
	"pkg/rules":   3,
	"pkg/stats":   3,
	"pkg/ghosts":  3,

	"namespaces/*": 4,
	"adapters/*":   4,

	"config": 5,

	"cmd/*": 6,
	"test":  7, // starts the program
}

// owners names the one room that may import a library.
var owners = map[string]string{
	"github.com/zishang520": "adapters/socketio",
	"github.com/redis":      "adapters/redis",
}

func TestImportsRunDownwards(t *testing.T) {
	imports, files := importsByFolder(t)
	for dir := range imports {
		for _, problem := range check(dir, imports[dir]) {
			t.Error(problem)
		}
	}
	if files < 10 {
		t.Errorf("looked at %d Go files: that cannot be all", files)
	}
}

func TestCheckSeesEachMistake(t *testing.T) {
	for name, c := range map[string]struct {
		dir, imports string
		want         string // part of the problem; "" for none
	}{
		"down":                    {"pkg/hub", module + "/pkg/record", ""},
		"own inner package":       {"adapters/socketio", module + "/adapters/socketio/frames", ""},
		"inner package looks out": {"adapters/socketio/frames", module + "/pkg/wire", ""},
		"app under the command":   {"cmd/skygate", module + "/cmd/skygate/app", ""},
		"the owner's library":     {"adapters/socketio", "github.com/zishang520/socket.io/v2/socket", ""},
		"a test knows everyone":   {"test/e2e", module + "/cmd/skygate/app", ""},
		"and what tests share":    {"test/e2e", module + "/test/reference", ""},
		"config knows a room":     {"config", module + "/namespaces/root", ""},
		"up":                      {"pkg/record", module + "/pkg/hub", "floor 2"},
		"neighbours":              {"adapters/readsb", module + "/adapters/demo", "floor 4"},
		"neighbours by name":      {"pkg/hub", module + "/pkg/feed", "floor 2"},
		"the tests":               {"adapters/demo", module + "/test/reference", "floor 7"},
		"no floor":                {"pkg/util", module + "/pkg/record", "has no floor"},
		"a library of another's":  {"pkg/hub", "github.com/zishang520/socket.io/v2/socket", "only adapters/socketio"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(check(c.dir, []string{c.imports}), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("check(%s imports %s) = %q, want %q", c.dir, c.imports, got, c.want)
			}
		})
	}
}

// check says what is wrong with the imports of the package in a folder.
func check(dir string, imports []string) (problems []string) {
	room, floor, ok := roomOf(dir)
	if !ok {
		return []string{dir + " has no floor: give it one in the table of this test"}
	}
	for _, imported := range imports {
		for library, owner := range owners {
			if under(imported, library) && room != owner {
				problems = append(problems, dir+" imports "+imported+": only "+owner+" may")
			}
		}
		if !under(imported, module) {
			continue
		}
		other := strings.TrimPrefix(imported, module+"/")
		otherRoom, otherFloor, ok := roomOf(other)
		switch {
		case !ok:
			problems = append(problems, dir+" imports "+other+", which has no floor")
		case otherRoom != room && otherFloor >= floor:
			problems = append(problems, dir+" (floor "+strconv.Itoa(floor)+") imports "+
				other+" (floor "+strconv.Itoa(otherFloor)+")")
		}
	}
	return problems
}

// roomOf gives the room that a package belongs to, and its floor.
func roomOf(dir string) (room string, floor int, ok bool) {
	for room = dir; room != "."; room = path.Dir(room) {
		if floor, ok = floors[room]; ok {
			return room, floor, true
		}
		if floor, ok = floors[path.Dir(room)+"/*"]; ok {
			return room, floor, true
		}
	}
	return "", 0, false
}

func under(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// importsByFolder reads the imports of every Go file of this module, tests included.
func importsByFolder(t *testing.T) (imports map[string][]string, files int) {
	t.Helper()
	imports = map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && (name[0] == '.' || name == "node_modules" || name == "testdata"):
			return fs.SkipDir
		case entry.IsDir() && file != "." && isFile(filepath.Join(root, file, "go.mod")):
			return fs.SkipDir // a module of its own
		case path.Ext(file) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		dir := path.Dir(file)
		found := imports[dir] // set even when there are none: such a package needs a floor, too
		for _, spec := range parsed.Imports {
			found = append(found, strings.Trim(spec.Path.Value, `"`))
		}
		imports[dir] = found
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports, files
}
