package redistest

import "syscall"

// endsWithUs lets a server end with the test's process, however that ends.
func endsWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
