"""Numbers of the system calls that our processes give up, in groups, for x86-64 and aarch64.

Source: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One processor architecture, as seccomp sees it."""

    audit_arch: int
    seccomp: int
    clone: int
    clone3: int
    ioctl: int
    programs: tuple[int, ...]
    """Starting programs and processes; `clone` and `clone3`, which make threads too, are judged by flags."""
    intrusion: tuple[int, ...]
    """Reading and steering other processes, key rings, and the parts of the kernel that break most often."""
    network: tuple[int, ...]
    """Making sockets and reaching anybody with one. Pairs, which reach nobody, are not among them."""
    serving: tuple[int, ...]
    """Being reached by others."""
    signals: tuple[int, ...]
    """Signals, to threads of one's own too."""
    files: tuple[int, ...]
    """Making, moving and removing files, and memory that passes for a file."""
    opening: tuple[int, ...]
    """Opening files."""
    pairs: tuple[int, ...]
    """Pairs of sockets."""
    modes: tuple[int, ...]
    """Who may use a file, by path or descriptor, which Landlock leaves to everybody."""


_X86_64 = Machine(
    audit_arch=0xC000003E,
    seccomp=317,
    clone=56,
    clone3=435,
    ioctl=16,
    # execve, execveat, fork, vfork
    programs=(59, 322, 57, 58),
    intrusion=(
        # ptrace, process_vm_readv, process_vm_writev, pidfd_open, pidfd_getfd, pidfd_send_signal
        *(101, 310, 311, 434, 438, 424),
        # open_by_handle_at, shmget, shmat, msgget, msgsnd, mq_open, add_key, request_key, keyctl
        *(304, 29, 30, 68, 69, 240, 248, 249, 250),
        # bpf, perf_event_open, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        *(321, 298, 323, 425, 426, 427),
        # mount, unshare, setns, personality, init_module, finit_module, kexec_load
        *(165, 272, 308, 135, 175, 313, 246),
    ),
    # socket, connect, bind, sendmmsg
    network=(41, 42, 49, 307),
    # listen, accept, accept4
    serving=(50, 43, 288),
    # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
    signals=(62, 200, 234, 129, 297),
    files=(
        # creat, truncate, rename, renameat, renameat2, mkdir, mkdirat, mknod, mknodat
        *(85, 76, 82, 264, 316, 83, 258, 133, 259),
        # link, linkat, symlink, symlinkat, unlink, unlinkat, rmdir, memfd_create
        *(86, 265, 88, 266, 87, 263, 84, 319),
    ),
    # open, openat, openat2
    opening=(2, 257, 437),
    # socketpair
    pairs=(53,),
    # chmod, fchmod, fchmodat, fchmodat2, chown, fchown, lchown, fchownat, setxattr, lsetxattr, fsetxattr
    modes=(90, 91, 268, 452, 92, 93, 94, 260, 188, 189, 190),
)
_AARCH64 = Machine(
    audit_arch=0xC00000B7,
    seccomp=277,
    clone=220,
    clone3=435,
    ioctl=29,
    # execve, execveat
    programs=(221, 281),
    intrusion=(
        # ptrace, process_vm_readv, process_vm_writev, pidfd_open, pidfd_getfd, pidfd_send_signal
        *(117, 270, 271, 434, 438, 424),
        # open_by_handle_at, shmget, shmat, msgget, msgsnd, mq_open, add_key, request_key, keyctl
        *(265, 194, 196, 186, 189, 180, 217, 218, 219),
        # bpf, perf_event_open, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        *(280, 241, 282, 425, 426, 427),
        # mount, unshare, setns, personality, init_module, finit_module, kexec_load
        *(40, 97, 268, 92, 105, 273, 104),
    ),
    # socket, connect, bind, sendmmsg
    network=(198, 203, 200, 269),
    # listen, accept, accept4
    serving=(201, 202, 242),
    # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
    signals=(129, 130, 131, 138, 240),
    # truncate, renameat, renameat2, mkdirat, mknodat, linkat, symlinkat, unlinkat, memfd_create
    files=(45, 38, 276, 34, 33, 37, 36, 35, 279),
    # openat, openat2
    opening=(56, 437),
    # socketpair
    pairs=(199,),
    # fchmod, fchmodat, fchmodat2, fchown, fchownat, setxattr, lsetxattr, fsetxattr
    modes=(52, 53, 452, 55, 54, 5, 6, 7),
)
MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}
"""By the name that `os.uname` gives."""
