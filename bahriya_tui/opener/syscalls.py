"""Numbers of the system calls that the opener gives up, for x86-64 and aarch64.

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
    always: tuple[int, ...]
    """Starting programs and processes, touching other processes, changing files and the system."""
    last: tuple[int, ...]
    """Opening files and making sockets: what only remains possible while a network is needed."""
    serving: tuple[int, ...]
    """Of `always`, what a process needs that answers at a socket and removes it when it ends."""


_X86_64 = Machine(
    audit_arch=0xC000003E,
    seccomp=317,
    clone=56,
    clone3=435,
    always=(
        # execve, execveat, fork, vfork, ptrace, process_vm_readv, process_vm_writev
        *(59, 322, 57, 58, 101, 310, 311),
        # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_open, pidfd_getfd
        *(62, 200, 234, 129, 297, 424, 434, 438),
        # creat, truncate, rename, renameat, renameat2, mkdir, mkdirat, mknod, mknodat
        *(85, 76, 82, 264, 316, 83, 258, 133, 259),
        # link, linkat, symlink, symlinkat, unlink, unlinkat, open_by_handle_at, memfd_create
        *(86, 265, 88, 266, 87, 263, 304, 319),
        # shmget, shmat, msgget, msgsnd, mq_open, add_key, request_key, keyctl
        *(29, 30, 68, 69, 240, 248, 249, 250),
        # bpf, perf_event_open, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        *(321, 298, 323, 425, 426, 427),
        # mount, unshare, setns, personality, init_module, finit_module, kexec_load
        *(165, 272, 308, 135, 175, 313, 246),
        # listen, accept, accept4
        *(50, 43, 288),
    ),
    # open, openat, openat2, socket, socketpair, bind, connect, sendmmsg
    last=(2, 257, 437, 41, 53, 49, 42, 307),
    # accept, accept4, unlink, unlinkat
    serving=(43, 288, 87, 263),
)
_AARCH64 = Machine(
    audit_arch=0xC00000B7,
    seccomp=277,
    clone=220,
    clone3=435,
    always=(
        # execve, execveat, ptrace, process_vm_readv, process_vm_writev
        *(221, 281, 117, 270, 271),
        # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_open, pidfd_getfd
        *(129, 130, 131, 138, 240, 424, 434, 438),
        # truncate, renameat, renameat2, mkdirat, mknodat, linkat, symlinkat, unlinkat
        *(45, 38, 276, 34, 33, 37, 36, 35),
        # open_by_handle_at, memfd_create
        *(265, 279),
        # shmget, shmat, msgget, msgsnd, mq_open, add_key, request_key, keyctl
        *(194, 196, 186, 189, 180, 217, 218, 219),
        # bpf, perf_event_open, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        *(280, 241, 282, 425, 426, 427),
        # mount, unshare, setns, personality, init_module, finit_module, kexec_load
        *(40, 97, 268, 92, 105, 273, 104),
        # listen, accept, accept4
        *(201, 202, 242),
    ),
    # openat, openat2, socket, socketpair, bind, connect, sendmmsg
    last=(56, 437, 198, 199, 200, 203, 269),
    # accept, accept4, unlinkat
    serving=(202, 242, 35),
)
MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}
"""By the name that `os.uname` gives."""
