package tfr

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says what is asked, and how often: by default every 5 minutes. URL is the list of
// areas: WFS, as GeoJSON. The default is that of the FAA.
type Config struct {
	poll.Config `koanf:",squash"`
	// Details is the folder of the files detail_6_9513.xml, an address or a path beside
	// the URL; "" asks for none. Default /download/.
	Details string `koanf:"details"`
}

// DefaultConfig asks the FAA.
func DefaultConfig() Config {
	c := Config{Config: poll.Every(5*time.Minute, "tfr"), Details: "/download/"}
	c.URL = "https://tfr.faa.gov/geoserver/TFR/ows?service=WFS&version=1.1.0&request=GetFeature" +
		"&typeName=TFR:V_TFR_LOC&maxFeatures=1000&outputFormat=application/json&srsname=EPSG:4326"
	return c
}

// ParseAddress reads what a command line says in one text: the URL.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.URL = address
	return c, c.Validate()
}

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if err := c.Config.Validate(); err != nil {
		return err
	}
	if _, err := c.details(); err != nil {
		return fmt.Errorf("details: %w", err)
	}
	return nil
}

// details gives the folder of the details; nil when none are asked for.
func (c Config) details() (*url.URL, error) {
	if c.Details == "" {
		return nil, nil
	}
	list, err := poll.ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	folder, err := list.Parse(c.Details)
	if err != nil || folder.Scheme != list.Scheme && folder.Scheme != "http" && folder.Scheme != "https" {
		return nil, errors.New("is neither an address nor a path, such as /download/")
	}
	if list.Scheme == "file" && folder.Scheme != "file" {
		return nil, errors.New("a list in a file has its details in files")
	}
	folder.RawQuery = ""
	return folder, nil
}

// New gives a source of flight restrictions. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	folder, err := c.details()
	if err != nil {
		return nil, fmt.Errorf("details: %w", err)
	}
	d := &decoder{folder: folder, known: map[string]*detail{}}
	return poll.New(c.Config, d.decode, log)
}
