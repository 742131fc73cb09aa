package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readFile reads a YAML file.
func readFile(name string, known schema) (place, []error) {
	found := problems{origin: "file " + name}
	content, err := readYAML(name)
	if err != nil {
		found.add("", "%w", err)
		return newPlace(), found.errs
	}
	return readContent(content, known, &found), found.errs
}

// readContent takes over what a file holds.
func readContent(content map[string]any, known schema, found *problems) place {
	file := newPlace()
	if list := content["sources"]; list != nil {
		file.setSources(list, found)
	}
	delete(content, "sources")
	for key, value := range known.read("", content, found) {
		file.set(key, value, found.origin)
	}
	return file
}

// readYAML gives what a YAML file holds. An empty file holds nothing.
func readYAML(name string) (map[string]any, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		var cause *fs.PathError // the name is in the error's origin already
		if errors.As(err, &cause) {
			return nil, cause.Err
		}
		return nil, err
	}
	return parse(data)
}

func parse(data []byte) (map[string]any, error) {
	var document, another any
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, explain(err, data)
	}
	if err := decoder.Decode(&another); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one document (a line with ---): only one is read")
	}
	switch content := document.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return content, nil
	default:
		return nil, errors.New("want keys with values, not " + describe(content))
	}
}

// explain puts a YAML error into one line.
func explain(err error, data []byte) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.ReplaceAll(strings.TrimPrefix(text, "unmarshal errors:\n  "), "\n  ", "; ")
	if bytes.Contains(append([]byte("\n"), data...), []byte("\n\t")) {
		text += " (YAML is indented with spaces, not with tabs)"
	}
	return errors.New(text)
}
