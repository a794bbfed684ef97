//go:build unix

package ledgertest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// quit is PostgreSQL's immediate shutdown: what a crash leaves.
const quit = syscall.SIGQUIT

// postgresUser is who runs the server: initdb refuses root. Nobody (0, 0) if we are not root.
func postgresUser() (uid, gid uint32, err error) {
	if os.Geteuid() != 0 {
		return 0, 0, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, fmt.Errorf("no user to run PostgreSQL: %w", err)
	}
	id, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	group, err := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(id), uint32(group), err
}

func own(folder string) error {
	uid, gid, err := postgresUser()
	if err != nil || uid == 0 {
		return err
	}
	return os.Chown(folder, int(uid), int(gid))
}

func asPostgres(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the tests is ours to pass on
	if uid, gid, err := postgresUser(); err == nil && uid != 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}
}
