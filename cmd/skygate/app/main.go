package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/config"
)

// Exit codes of the program.
const (
	exitOK     = 0
	exitFailed = 1 // something went wrong while running
	exitUsage  = 2 // the command line or the configuration is wrong
)

const usage = `Skygate serves live aircraft to Socket.IO clients.

  skygate [serve] [flags]           run (the default)
  skygate config check FILE         say what is wrong with a configuration file
  skygate config print [flags]      show the effective configuration, and where
                                    each value comes from
  skygate --version                 say which version this is

Flags:
`

// Main is the program: it takes what a process is started with, and gives its
// exit code.
func Main(args, environ []string, stdout, stderr *os.File) int {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "version") {
		_, _ = fmt.Fprintln(stdout, version(debug.ReadBuildInfo))
		return exitOK
	}
	command := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	switch command {
	case "", "serve":
		return serve(args, environ, stdout, stderr)
	case "config":
		return configCommand(args, environ, stdout, stderr)
	case "help":
		return help(stdout)
	}
	_, _ = fmt.Fprintf(stderr, "skygate: there is no command %q; \"skygate help\" lists them\n", command)
	return exitUsage
}

func serve(args, environ []string, stdout, stderr *os.File) int {
	cfg, err := config.Load(args, environ)
	if err != nil {
		return refuse(err, stdout, stderr)
	}
	logger := newLogger(cfg.Log, stderr)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	a, err := New(*cfg, logger)
	if err == nil {
		err = a.Run(ctx)
	}
	if err != nil {
		logger.Error().Err(err).Msg("skygate ends")
		return exitFailed
	}
	return exitOK
}

func configCommand(args, environ []string, stdout, stderr *os.File) int {
	switch {
	case len(args) == 2 && args[0] == "check":
		if err := config.Check(args[1]); err != nil {
			return refuse(err, stdout, stderr)
		}
		_, _ = fmt.Fprintf(stdout, "%s: ok\n", args[1])
		return exitOK
	case len(args) >= 1 && args[0] == "print":
		cfg, err := config.Load(args[1:], environ)
		if err == nil {
			err = cfg.Print(stdout)
		}
		if err != nil {
			return refuse(err, stdout, stderr)
		}
		return exitOK
	}
	_, _ = fmt.Fprintln(stderr, "skygate: use \"skygate config check FILE\" or \"skygate config print [flags]\"")
	return exitUsage
}

func help(stdout io.Writer) int {
	_, _ = fmt.Fprint(stdout, usage, config.Usage())
	return exitOK
}

// refuse tells what is wrong with the command line or the configuration, a line
// for each problem.
func refuse(err error, stdout, stderr io.Writer) int {
	if errors.Is(err, config.ErrHelp) {
		return help(stdout)
	}
	_, _ = fmt.Fprintf(stderr, "skygate: %v\n", err)
	return exitUsage
}

func newLogger(cfg config.Log, stderr *os.File) zerolog.Logger {
	var out io.Writer = stderr
	if cfg.Format == "console" || cfg.Format == "auto" && isatty.IsTerminal(stderr.Fd()) {
		out = zerolog.ConsoleWriter{Out: stderr, TimeFormat: time.TimeOnly, NoColor: !isatty.IsTerminal(stderr.Fd())}
	}
	level, err := zerolog.ParseLevel(cfg.Level)
	if err != nil { // Config.Validate lets none through
		level = zerolog.InfoLevel
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}
