//go:build linux

package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Build builds the Go program in a folder, which may be a module of its own.
func Build(ctx context.Context, dir, program string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, ".")
	command.Dir = dir
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", dir, err, said)
	}
	return nil
}

// Allow raises the limit of open files, and says when as many are too many for it.
func Allow(files int) error {
	most, err := OpenFiles()
	if err == nil && uint64(files) > most {
		err = fmt.Errorf("this machine allows %d open files (ulimit -Hn), and %d are needed", most, files)
	}
	return err
}

// OpenFiles raises the limit of open files as far as it goes, also for the
// programs started from here, and gives it.
func OpenFiles() (most uint64, err error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, os.NewSyscallError("getrlimit", err)
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, os.NewSyscallError("setrlimit", err)
	}
	return limit.Cur, nil
}
